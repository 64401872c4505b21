//! Nothing here: what belongs here, why not for you, and the one next step.

use leptos::prelude::*;

/// An invitation instead of an empty list.
#[component]
pub fn EmptyState(
    /// What is missing, in a short sentence.
    #[prop(into)]
    title: String,
    /// Why, and the next step.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
    .into_any()
}
