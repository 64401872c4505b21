//! Filters as links: they work without a script and can be shared as they are.

use leptos::prelude::*;

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// What it leaves.
    pub label: String,
    /// The address of the list with it.
    pub href: String,
    /// Whether it is on.
    pub current: bool,
}

/// Filters of which one is on.
#[component]
pub fn Chips(
    /// What is filtered by.
    label: &'static str,
    /// The filters.
    chips: Vec<Chip>,
) -> impl IntoView {
    let chips = chips
        .into_iter()
        .map(|chip| {
            view! {
                <a class="chip" href=chip.href aria-current=chip.current.then_some("true") data-noscroll>
                    {chip.label}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="chips" aria-label=label>
            {chips}
        </nav>
    }
}
