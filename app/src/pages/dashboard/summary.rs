//! The figures of home from a catalog.

use agnes_contract::catalog::CatalogTable;
use chrono::{DateTime, Utc};

use super::{Home, HomeTable};
use crate::words::Freshness;

/// Tables that need attention and are named; the rest is a number.
const ATTENTION: usize = 6;

/// The figures of a catalog.
pub fn summary(tables: Vec<CatalogTable>, now: DateTime<Utc>) -> Home {
    let sum = |of: fn(&CatalogTable) -> Option<u64>| tables.iter().filter_map(of).sum();
    let (rows, bytes) = (sum(|table| table.rows), sum(|table| table.size_bytes));
    let count = tables.len() as u64;
    let last_sync = tables.iter().filter_map(|table| table.last_sync).max();
    let mut entries: Vec<(Freshness, HomeTable)> = tables
        .into_iter()
        .map(|table| {
            let remote = table.query_mode.as_deref() == Some("remote");
            let entry = HomeTable {
                id: table.id,
                name: table.name,
                status: table.status,
                remote,
                rows: table.rows,
                bytes: table.size_bytes,
                last_sync: table.last_sync,
                published_at: table.published_at,
                error: table.error,
            };
            (Freshness::of(&entry.status, remote, entry.last_sync, now), entry)
        })
        .collect();
    let fresh =
        entries.iter().filter(|(state, _)| matches!(state, Freshness::Fresh | Freshness::Remote)).count() as u64;
    entries.sort_by(|(_, one), (_, other)| other.published_at.cmp(&one.published_at).then(one.name.cmp(&other.name)));
    let recent: Vec<HomeTable> = entries
        .iter()
        .filter(|(_, table)| table.published_at.is_some())
        .take(6)
        .map(|(_, table)| table.clone())
        .collect();
    entries.retain(|(state, _)| *state < Freshness::Fresh);
    entries.sort_by(|(one, a), (other, b)| one.cmp(other).then(a.name.cmp(&b.name)));
    let more_attention = entries.len().saturating_sub(ATTENTION) as u64;
    let attention = entries.into_iter().map(|(_, table)| table).take(ATTENTION).collect();
    Home {
        now,
        name: String::new(),
        is_admin: false,
        base_url: String::new(),
        has_used_cli: false,
        tables: count,
        rows,
        bytes,
        fresh,
        last_sync,
        attention,
        more_attention,
        recent,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn table(name: &str, status: &str, synced: Option<DateTime<Utc>>) -> CatalogTable {
        let json = serde_json::json!({"id": name, "name": name, "description": null, "source_type": "csv",
            "sync_strategy": null, "query_mode": "local", "rows": 10, "size_bytes": 100, "status": status});
        let mut table: CatalogTable = serde_json::from_value(json).unwrap();
        table.last_sync = synced;
        table.published_at = synced;
        table
    }

    #[test]
    fn what_failed_comes_before_what_is_only_old() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let tables = vec![
            table("fresh", "ok", Some(now - TimeDelta::hours(1))),
            table("old", "ok", Some(now - TimeDelta::days(3))),
            table("broken", "error", Some(now - TimeDelta::days(1))),
            table("new", "pending", None),
        ];
        let home = summary(tables, now);
        let names: Vec<_> = home.attention.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["broken", "new", "old"]);
        assert_eq!((home.tables, home.fresh, home.rows, home.bytes), (4, 1, 40, 400));
        assert_eq!(home.recent.first().map(|table| table.name.as_str()), Some("fresh"));
    }
}
