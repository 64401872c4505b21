//! The filters of the catalog.

use leptos::prelude::*;

use super::{Ask, CatalogPage};
use crate::{
    components::{Chip, Chips},
    words,
};

/// States and sources to choose from, where there is a choice.
#[component]
pub fn Filters(catalog: CatalogPage) -> impl IntoView {
    let ask = catalog.ask;
    let chip = |label: String, aim: Ask| Chip { label, href: aim.address(), current: aim == ask };
    let states = (catalog.states.len() > 1 || !ask.status.is_empty()).then(|| {
        let aim = |status: &str| Ask { status: status.to_owned(), ..ask.clone() };
        let mut chips = vec![chip("All".to_owned(), aim(""))];
        chips.extend(catalog.states.iter().map(|(key, count)| chip(words::state_label(key, *count), aim(key))));
        view! { <Chips label="Filter by state" chips /> }
    });
    let sources = (catalog.sources.len() > 1 || !ask.source.is_empty()).then(|| {
        let aim = |source: &str| Ask { source: source.to_owned(), ..ask.clone() };
        let mut chips = vec![chip("All sources".to_owned(), aim(""))];
        chips.extend(catalog.sources.iter().map(|source| chip(source.clone(), aim(source))));
        view! { <Chips label="Filter by source" chips /> }
    });
    view! {
        {states}
        {sources}
    }
}
