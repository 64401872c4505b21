//! Two views of the same thing, each with its own address.

use leptos::prelude::*;

/// One view.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// Whether one is there.
    pub current: bool,
}

/// Links to the views of one thing.
#[component]
pub fn Tabs(
    /// What the views are of.
    #[prop(into)]
    label: String,
    /// The views.
    tabs: Vec<Tab>,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {tabs
                .into_iter()
                .map(|tab| {
                    view! {
                        <a href=tab.href aria-current=tab.current.then_some("page")>
                            {tab.label}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}
