//! The list of registered tables.

use chrono::{DateTime, Utc};
use leptos::{form::ActionForm, prelude::*};

use super::{Entry, Spot, SyncTables};
use crate::components::{Badge, Bytes, Count, EmptyState, FreshnessBadge, Submit, When};

#[cfg(feature = "ssr")]
pub use self::select::page;

/// The registered tables with their state and what can be done to them.
#[component]
pub fn Listing(tables: Vec<Entry>, spot: Spot, sync: ServerAction<SyncTables>, now: DateTime<Utc>) -> impl IntoView {
    if tables.is_empty() {
        return view! {
            <EmptyState title="No table matches">
                <p>"No registered table has these letters in its name, id or place."</p>
                <p>
                    <a class="button" href="/admin/tables">
                        "Show all tables"
                    </a>
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let rows = tables.into_iter().map(|entry| view! { <Row entry spot=spot.clone() sync now /> }).collect_view();
    view! {
        <div class="table-frame">
            <table class="table stacks">
                <caption class="visually-hidden">"Registered tables"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Table"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Synced"</th>
                        <th scope="col">"Readers"</th>
                        <th scope="col" class="right">
                            "Rows"
                        </th>
                        <th scope="col" class="right">
                            "Size"
                        </th>
                        <th scope="col">
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(entry: Entry, spot: Spot, sync: ServerAction<SyncTables>, now: DateTime<Utc>) -> impl IntoView {
    let href = format!("/catalog/tables/{}", entry.id);
    let labels = ["Sync", "Edit", "Remove"].map(|verb| format!("{verb} {}", entry.name));
    let [sync_label, edit_label, remove_label] = labels;
    let (edit, remove) = (spot.with("edit", &entry.id), spot.with("remove", &entry.id));
    view! {
        <tr>
            <th scope="row">
                <a href=href>{entry.name}</a>
                <span class="description">{entry.place}</span>
                {entry.error.map(|error| view! { <span class="complaint">{error}</span> })}
            </th>
            <td>
                <FreshnessBadge status=entry.status remote=entry.remote last_sync=entry.last_sync now />
            </td>
            <td data-label="Synced">
                {entry.last_sync.map_or_else(|| "never".into_any(), |at| view! { <When at now /> }.into_any())}
            </td>
            <td class="minor">
                <Badge label=if entry.is_public { "Everyone" } else { "By grant" } />
            </td>
            <td class="right minor" data-label="Rows">
                <Count of=entry.rows />
            </td>
            <td class="right minor" data-label="Size">
                <Bytes of=entry.bytes />
            </td>
            <td class="actions">
                <div>
                    <ActionForm action=sync>
                        <input type="hidden" name="form[table]" value=entry.id />
                        <Submit label="Sync" look="small quiet" name=sync_label pending=sync.pending() />
                    </ActionForm>
                    <a class="button small quiet" href=edit aria-label=edit_label data-noscroll>
                        "Edit"
                    </a>
                    <a class="button small danger-quiet" href=remove aria-label=remove_label data-noscroll>
                        "Remove"
                    </a>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod select {
    use std::collections::{BTreeSet, HashMap};

    use agnes_contract::{catalog::CatalogTable, table::Table};
    use chrono::{DateTime, Utc};

    use super::super::{Entry, PAGE_SIZE, Registry};
    use crate::words::{self, Freshness};

    /// The page of the registry that was asked for, each table with its state.
    pub fn page(
        tables: Vec<Table>,
        catalog: Vec<CatalogTable>,
        (q, status): (&str, &str),
        page: u32,
        now: DateTime<Utc>,
    ) -> Registry {
        let total = tables.len() as u64;
        let sources: BTreeSet<String> = tables.iter().filter_map(|table| table.source_type.clone()).collect();
        let mut states: HashMap<String, CatalogTable> =
            catalog.into_iter().map(|table| (table.id.clone(), table)).collect();
        let needle = q.trim().to_lowercase();
        let entries: Vec<(Freshness, Entry)> = tables
            .into_iter()
            .map(|table| {
                let state = states.remove(&table.id);
                entry(table, state)
            })
            .map(|entry| (Freshness::of(&entry.status, entry.remote, entry.last_sync, now), entry))
            .collect();
        let tally = words::tally(&entries.iter().map(|(state, _)| *state).collect::<Vec<_>>());
        let matching: Vec<Entry> = entries
            .into_iter()
            .filter(|(state, _)| status.is_empty() || state.key() == status)
            .map(|(_, entry)| entry)
            .filter(|entry| {
                let hay = format!("{} {} {}", entry.name, entry.id, entry.place).to_lowercase();
                needle.split_whitespace().all(|word| hay.contains(word))
            })
            .collect();
        let count = matching.len() as u64;
        let skipped = usize::try_from(u64::from(page.saturating_sub(1)) * PAGE_SIZE).unwrap_or(usize::MAX);
        Registry {
            now,
            tables: matching.into_iter().skip(skipped).take(PAGE_SIZE as usize).collect(),
            matching: count,
            total,
            runs: Vec::new(),
            states: tally,
            selected: None,
            sources: sources.into_iter().collect(),
        }
    }

    fn entry(table: Table, state: Option<CatalogTable>) -> Entry {
        let place: Vec<String> = [table.source_type, table.bucket, table.source_table]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        let remote = table.query_mode.as_deref() == Some("remote");
        let state = state.as_ref();
        Entry {
            id: table.id,
            name: table.name,
            place: place.join(" / "),
            status: state.map_or_else(|| "pending".to_owned(), |state| state.status.clone()),
            remote,
            rows: state.and_then(|state| state.rows),
            bytes: state.and_then(|state| state.size_bytes),
            last_sync: state.and_then(|state| state.last_sync),
            error: state.and_then(|state| state.error.clone()),
            is_public: table.is_public,
        }
    }
}
