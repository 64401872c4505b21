//! A command to copy.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::browser;

/// A command, and with a script a button that copies it.
#[component]
pub fn CodeBlock(
    /// What to type.
    #[prop(into)]
    text: String,
    /// What it does, for those who cannot see where it stands.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let command = text.clone();
    let copy = move |_| {
        browser::copy(&command);
        copied.set(true);
        set_timeout(move || copied.set(false), std::time::Duration::from_millis(1500));
    };
    view! {
        <div class="code-block">
            <pre tabindex="0" aria-label=label.clone()>
                <code>{text}</code>
            </pre>
            <button
                type="button"
                class="icon-button when-hydrated"
                on:click=copy
                title="Copy"
                aria-label=format!("Copy: {label}")
            >
                {move || view! { <Icon glyph=if copied.get() { Glyph::Check } else { Glyph::Copy } /> }}
            </button>
            <span class="visually-hidden" role="status">
                {move || copied.get().then_some("Copied")}
            </span>
        </div>
    }
    .into_any()
}
