//! A few things behind one button; opens without a script.

use leptos::prelude::*;

/// A menu that opens below its button.
#[component]
pub fn Menu(
    /// What the button says to those who cannot see it.
    #[prop(into)]
    label: String,
    /// The button's content.
    #[prop(into)]
    button: ViewFnOnce,
    /// What is inside.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="menu">
            <summary>
                <span class="visually-hidden">{label}</span>
                {button.run()}
            </summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
    .into_any()
}
