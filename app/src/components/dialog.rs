//! One thing to decide or fill in, opened by the address of the page.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Glyph, Icon};
use crate::browser;

/// A dialog that is there because the address says so. Sent by the server it stands at the top
/// of the page; with a script it opens above the page and keeps the focus.
#[component]
pub fn Dialog(
    /// Unique on the page.
    id: &'static str,
    /// What it is about.
    #[prop(into)]
    title: String,
    /// The address of the page without it.
    #[prop(into)]
    back: String,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let leave = back.clone();
    Effect::new(move |_| browser::show_dialog(id));
    let closed = move |event: ev::Event| {
        // Only the dialog itself, not something inside it that closes.
        if event.target() == event.current_target() {
            navigate(&leave, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        }
    };
    let heading = format!("{id}-title");
    view! {
        <dialog id=id class="dialog" open aria-labelledby=heading on:close=closed>
            <div class="dialog-head">
                <h2 id=heading.clone()>{title}</h2>
                <a class="icon-button" href=back aria-label="Close" data-noscroll>
                    <Icon glyph=Glyph::Close />
                </a>
            </div>
            {children()}
        </dialog>
    }
    .into_any()
}
