//! What just happened, in a sentence, until one goes on.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use super::{Glyph, Icon};
use crate::{done, query};

/// Says what the address says has happened.
#[component]
pub fn Toast() -> impl IntoView {
    let query = use_query_map();
    let location = use_location();
    let sentence = Memo::new(move |_| {
        let query = query.get();
        done::sentence(&query.get("done")?, &query::value(&query, "subject"))
    });
    let dismissed = move || {
        let search = location.search.get();
        query::settled(&format!("{}?{}", location.pathname.get(), search.trim_start_matches('?')))
    };
    view! {
        <div role="status" class="toast-place">
            {move || {
                sentence
                    .get()
                    .map(|sentence| {
                        view! {
                            <div class="toast">
                                <Icon glyph=Glyph::Check />
                                <p>{sentence}</p>
                                <a class="icon-button" href=dismissed() aria-label="Dismiss" data-noscroll>
                                    <Icon glyph=Glyph::Close />
                                </a>
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
