//! A search field over a list: a plain GET form that with a script answers while one types.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Glyph, Icon};
use crate::query;

/// How long one may pause between letters.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// A search field. The page reads `q` from its address.
#[component]
pub fn Search(
    /// The page's path.
    path: &'static str,
    /// What is searched, for people.
    label: &'static str,
    /// What is searched for now.
    #[prop(into)]
    value: Signal<String>,
    /// What else stays in the address.
    #[prop(optional, into)]
    keep: Signal<Vec<(&'static str, String)>>,
) -> impl IntoView {
    let navigate = use_navigate();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |event| {
        let text = event_target_value(&event);
        let navigate = navigate.clone();
        waiting.update_value(|waiting| {
            if let Some(earlier) = waiting.take() {
                earlier.clear();
            }
            let go = move || {
                let keep = keep.get_untracked();
                let mut pairs = vec![("q", text.as_str())];
                pairs.extend(keep.iter().map(|(key, value)| (*key, value.as_str())));
                let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(&query::address(path, &pairs), options);
            };
            *waiting = set_timeout_with_handle(go, PAUSE).ok();
        });
    };
    let start = value.get_untracked();
    view! {
        <form class="search" role="search" method="get" action=path>
            <Icon glyph=Glyph::Search />
            <input type="search" name="q" aria-label=label placeholder=label value=start maxlength="200" on:input=typed />
            {move || {
                keep.get()
                    .into_iter()
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(key, value)| view! { <input type="hidden" name=key value=value /> })
                    .collect_view()
            }}
            <button type="submit" class="button small unless-hydrated">
                "Search"
            </button>
        </form>
    }
    .into_any()
}
