//! The filters of the catalog: links, so that they work and can be shared as they are.

use leptos::prelude::*;

use super::{Ask, CatalogPage};
use crate::words::{self, Freshness};

/// States and sources to choose from, where there is a choice.
#[component]
pub fn Filters(catalog: CatalogPage) -> impl IntoView {
    let ask = catalog.ask.clone();
    let states = (catalog.states.len() > 1 || !ask.status.is_empty()).then(|| {
        let ask = ask.clone();
        let all = chip("All".to_owned(), Ask { status: String::new(), ..ask.clone() }, ask.status.is_empty());
        let each = catalog
            .states
            .iter()
            .map(|(key, count)| {
                let label = Freshness::ALL.iter().find(|state| state.key() == key).map_or("", |state| state.label());
                let aim = Ask { status: key.clone(), ..ask.clone() };
                chip(format!("{label} {}", words::count(*count)), aim, ask.status == *key)
            })
            .collect_view();
        view! {
            <nav class="chips" aria-label="Filter by state">
                {all}
                {each}
            </nav>
        }
    });
    let sources = (catalog.sources.len() > 1 || !ask.source.is_empty()).then(|| {
        let all = chip("All sources".to_owned(), Ask { source: String::new(), ..ask.clone() }, ask.source.is_empty());
        let each = catalog
            .sources
            .iter()
            .map(|source| chip(source.clone(), Ask { source: source.clone(), ..ask.clone() }, ask.source == *source))
            .collect_view();
        view! {
            <nav class="chips" aria-label="Filter by source">
                {all}
                {each}
            </nav>
        }
    });
    view! {
        {states}
        {sources}
    }
    .into_any()
}

fn chip(label: String, ask: Ask, current: bool) -> impl IntoView {
    view! {
        <a class="chip" href=ask.address() aria-current=current.then_some("true") data-noscroll>
            {label}
        </a>
    }
}
