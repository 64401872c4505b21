//! A one-time sign-in link: only the button uses it up, not the mail scanner that opens it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::query;

/// The page behind a sign-in link.
#[component]
pub fn SignInLink() -> impl IntoView {
    let query = use_query_map();
    let token = move || query.with(|query| query::value(query, "token"));
    let next = move || query.with(|query| query::value(query, "next"));
    view! {
        <Title text="Sign in" />
        <main class="alone" id="main">
            <div class="card">
                <h1>"Sign in"</h1>
                <p>"This link signs you in once."</p>
                <form method="post" action="/auth/link">
                    <input type="hidden" name="token" value=token />
                    <input type="hidden" name="next" value=next />
                    <button type="submit" class="button primary wide">
                        "Sign in"
                    </button>
                </form>
            </div>
        </main>
    }
    .into_any()
}
