//! No such page.

use leptos::prelude::*;

use crate::components::PageHeader;

/// What is shown for an address that leads nowhere.
#[component]
pub fn Missing() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::backend::set_status(404);
    view! {
        <main class="alone">
            <div class="card">
                <PageHeader title="There is nothing here" />
                <p>"The address may be old, or the thing was removed."</p>
                <p class="row">
                    <a class="button primary" href="/dashboard">
                        "Go to home"
                    </a>
                    <a class="button" href="/catalog">
                        "Open the catalog"
                    </a>
                </p>
            </div>
        </main>
    }
    .into_any()
}
