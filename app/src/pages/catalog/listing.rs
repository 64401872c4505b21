//! The list of tables.

use leptos::prelude::*;

use super::{Ask, CatalogPage, Entry};
use crate::components::{Bytes, Count, FreshnessBadge, When};

/// The tables, with heads that sort.
#[component]
pub fn Listing(catalog: CatalogPage) -> impl IntoView {
    let ask = catalog.ask;
    let now = catalog.now;
    let rows = catalog.tables.into_iter().map(|entry| row(entry, now)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table stacks">
                <caption class="visually-hidden">"Tables you can read"</caption>
                <thead>
                    <tr>
                        <Head ask=ask.clone() key="name" label="Table" first="" />
                        <Head ask=ask.clone() key="status" label="State" first="status" />
                        <Head ask=ask.clone() key="synced" label="Synced" first="-synced" />
                        <Head ask=ask.clone() key="rows" label="Rows" first="-rows" right=true />
                        <Head ask=ask.clone() key="size" label="Size" first="-size" right=true />
                        <Head ask key="source" label="Source" first="source" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(entry: Entry, now: chrono::DateTime<chrono::Utc>) -> impl IntoView {
    let href = format!("/catalog/tables/{}", entry.id);
    view! {
        <tr>
            <th scope="row">
                <a href=href>{entry.name}</a>
                <span class="description" dir="auto">
                    {entry.description}
                </span>
            </th>
            <td>
                <FreshnessBadge status=entry.status remote=entry.remote last_sync=entry.last_sync now />
            </td>
            <td data-label="Synced">
                {entry.last_sync.map_or_else(|| "never".into_any(), |at| view! { <When at now /> }.into_any())}
            </td>
            <td class="right minor" data-label="Rows">
                <Count of=entry.rows />
            </td>
            <td class="right minor" data-label="Size">
                <Bytes of=entry.bytes />
            </td>
            <td class="minor" data-label="Source">
                {entry.source}
            </td>
        </tr>
    }
}

/// A column head that sorts by it, and turns the order when it does already.
#[component]
fn Head(
    ask: Ask,
    key: &'static str,
    label: &'static str,
    first: &'static str,
    #[prop(optional)] right: bool,
) -> impl IntoView {
    let order = order(&ask.sort, key);
    let turned = match order {
        Some("ascending") => format!("-{key}"),
        Some(_) if key == "name" => String::new(),
        Some(_) => key.to_owned(),
        None => first.to_owned(),
    };
    let arrow = match order {
        Some("ascending") => " ↑",
        Some(_) => " ↓",
        None => "",
    };
    view! {
        <th scope="col" class:right=right aria-sort=order>
            <a href=Ask { sort: turned, ..ask }.address() data-noscroll>
                {label}
                <span aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
    .into_any()
}

/// How the list is sorted by a column, if it is.
fn order(sort: &str, key: &str) -> Option<&'static str> {
    let (by, turned) = sort.strip_prefix('-').map_or((sort, false), |by| (by, true));
    let by = if by.is_empty() { "name" } else { by };
    (by == key).then_some(if turned { "descending" } else { "ascending" })
}
