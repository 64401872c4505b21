//! Numbers as people read them, exact on hover.

use leptos::prelude::*;

use crate::words;

/// Bytes; a dash while unknown.
#[component]
pub fn Bytes(
    /// How many.
    of: Option<u64>,
) -> impl IntoView {
    of.map_or_else(
        || view! { <span class="num muted">"–"</span> }.into_any(),
        |number| {
            view! { <span class="num" title=words::counted(number, "byte")>{words::bytes(number)}</span> }.into_any()
        },
    )
}

/// A count; a dash while unknown.
#[component]
pub fn Count(
    /// How many.
    of: Option<u64>,
) -> impl IntoView {
    of.map_or_else(
        || view! { <span class="num muted">"–"</span> }.into_any(),
        |number| view! { <span class="num" title=words::count(number)>{words::short_count(number)}</span> }.into_any(),
    )
}
