//! From one page of a long list to the next.

use leptos::prelude::*;

use crate::{query, words};

/// Links to the neighbours, when there are any.
#[component]
pub fn Pager(
    /// The page one is on, from 1.
    page: u32,
    /// Entries on a page.
    size: u64,
    /// Entries in all.
    total: u64,
    /// The address of the list without its page.
    #[prop(into)]
    address: String,
) -> impl IntoView {
    let pages = total.div_ceil(size.max(1));
    (pages > 1).then(move || {
        let first = u64::from(page - 1) * size + 1;
        let last = (u64::from(page) * size).min(total);
        let link = move |page: u32| query::extended(&address, &[("page", &page.to_string())]);
        view! {
            <nav class="pager" aria-label="Pages">
                {(page > 1).then(|| view! { <a class="button small" rel="prev" href=link(page - 1)>"Previous"</a> })}
                <span class="muted num">
                    {format!("{}–{} of {}", words::count(first), words::count(last), words::count(total))}
                </span>
                {(u64::from(page) < pages)
                    .then(|| view! { <a class="button small" rel="next" href=link(page + 1)>"Next"</a> })}
            </nav>
        }
    })
}
