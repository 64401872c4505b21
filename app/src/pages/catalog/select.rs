//! Which tables of a catalog answer what was asked.

use std::{cmp::Ordering, collections::BTreeSet};

use agnes_contract::catalog::CatalogTable;
use chrono::{DateTime, Utc};

use super::{Ask, CatalogPage, Entry, PAGE_SIZE};
use crate::words::{self, Freshness};

/// The page of a catalog that was asked for.
pub fn page(tables: Vec<CatalogTable>, ask: Ask, page: u32, now: DateTime<Utc>) -> CatalogPage {
    let total = tables.len() as u64;
    let mut entries: Vec<(Freshness, Entry)> = tables
        .into_iter()
        .map(entry)
        .map(|entry| (Freshness::of(&entry.status, entry.remote, entry.last_sync, now), entry))
        .collect();
    let sources: BTreeSet<String> =
        entries.iter().map(|(_, entry)| entry.source.clone()).filter(|source| !source.is_empty()).collect();
    let states = words::tally(&entries.iter().map(|(state, _)| *state).collect::<Vec<_>>());
    let needle = ask.q.trim().to_lowercase();
    entries.retain(|(state, entry)| {
        (ask.source.is_empty() || ask.source == entry.source)
            && (ask.status.is_empty() || ask.status == state.key())
            && matches(entry, &needle)
    });
    sort(&mut entries, &ask.sort);
    let matching = entries.len() as u64;
    let skipped = usize::try_from(u64::from(page.saturating_sub(1)) * PAGE_SIZE).unwrap_or(usize::MAX);
    let tables = entries.into_iter().map(|(_, entry)| entry).skip(skipped).take(PAGE_SIZE as usize).collect();
    CatalogPage { now, is_admin: false, ask, tables, matching, total, sources: sources.into_iter().collect(), states }
}

fn entry(table: CatalogTable) -> Entry {
    Entry {
        id: table.id,
        name: table.name,
        description: table.description.unwrap_or_default(),
        source: table.source_type.unwrap_or_default(),
        rows: table.rows,
        bytes: table.size_bytes,
        status: table.status,
        remote: table.query_mode.as_deref() == Some("remote"),
        last_sync: table.last_sync,
    }
}

/// Every word has to be somewhere in name, id or description.
fn matches(entry: &Entry, needle: &str) -> bool {
    let hay = format!("{} {} {}", entry.name, entry.id, entry.description).to_lowercase();
    needle.split_whitespace().all(|word| hay.contains(word))
}

fn sort(entries: &mut [(Freshness, Entry)], sort: &str) {
    let (key, turned) = sort.strip_prefix('-').map_or((sort, false), |key| (key, true));
    let by_name = |one: &Entry, other: &Entry| one.name.to_lowercase().cmp(&other.name.to_lowercase());
    entries.sort_by(|(one_state, one), (other_state, other)| {
        let order = match key {
            "rows" => one.rows.cmp(&other.rows),
            "size" => one.bytes.cmp(&other.bytes),
            "synced" => one.last_sync.cmp(&other.last_sync),
            "status" => one_state.cmp(other_state),
            "source" => one.source.cmp(&other.source),
            _ => by_name(one, other),
        };
        let order = if turned { order.reverse() } else { order };
        if order == Ordering::Equal { by_name(one, other) } else { order }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(count: usize) -> Vec<CatalogTable> {
        (0..count)
            .map(|index| {
                serde_json::from_value(serde_json::json!({"id": format!("t{index:04}"), "name": format!("T{index:04}"),
                    "description": if index % 2 == 0 { "even orders" } else { "odd" }, "source_type": "csv",
                    "sync_strategy": null, "query_mode": "local", "rows": index, "status": "pending"}))
                .unwrap()
            })
            .collect()
    }

    fn names(ask: Ask, number: u32) -> (Vec<String>, u64) {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let page = page(tables(250), ask, number, now);
        (page.tables.into_iter().map(|table| table.name).collect(), page.matching)
    }

    #[test]
    fn words_are_looked_for_in_name_and_description() {
        let ask = |q: &str| Ask { q: q.to_owned(), ..Ask::default() };
        assert_eq!(names(ask("t0004 ORDERS"), 1), (vec!["T0004".to_owned()], 1));
        assert_eq!(names(ask("t0005 orders"), 1), (vec![], 0));
        assert_eq!(names(ask("orders"), 1).1, 125);
    }

    #[test]
    fn a_page_beyond_the_end_is_empty() {
        assert_eq!(names(Ask::default(), 3).0.len(), 50);
        assert_eq!(names(Ask::default(), 4).0.len(), 0);
        assert_eq!(names(Ask::default(), u32::MAX).0.len(), 0);
    }

    #[test]
    fn the_largest_come_first_when_turned() {
        let ask = Ask { sort: "-rows".into(), ..Ask::default() };
        assert_eq!(names(ask, 1).0.first().map(String::as_str), Some("T0249"));
    }

    #[test]
    fn an_unknown_state_matches_nothing() {
        let ask = Ask { status: "failed".into(), ..Ask::default() };
        assert_eq!(names(ask, 1).1, 0);
    }
}
