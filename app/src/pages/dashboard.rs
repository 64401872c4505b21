//! Home: what data is there, how fresh, what needs attention, and the first steps.

mod figures;
mod first_steps;

use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use self::{
    figures::{Attention, Figures, Recent},
    first_steps::FirstSteps,
};
use crate::{
    components::{EmptyState, Loaded, PageHeader},
    error::ConsoleError,
};

/// What home shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// Whom it greets.
    pub name: String,
    /// Whether they administer.
    pub is_admin: bool,
    /// The address for the command line.
    pub base_url: String,
    /// A command line has used one of their tokens before.
    pub has_used_cli: bool,
    /// Tables they may read.
    pub tables: u64,
    /// Their rows.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many of them are fresh.
    pub fresh: u64,
    /// When the last of them was synced.
    pub last_sync: Option<DateTime<Utc>>,
    /// Tables that are not as they should be, the worst first.
    pub attention: Vec<HomeTable>,
    /// Tables whose content changed last.
    pub recent: Vec<HomeTable>,
}

/// A table on home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeTable {
    /// The registry id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The catalog's word for its state.
    pub status: String,
    /// Lives in its source.
    pub remote: bool,
    /// Its rows.
    pub rows: Option<u64>,
    /// Its bytes.
    pub bytes: Option<u64>,
    /// When its source was last asked with success.
    pub last_sync: Option<DateTime<Utc>>,
    /// When its content changed last.
    pub published_at: Option<DateTime<Utc>>,
    /// What its last sync failed with.
    pub error: Option<String>,
}

/// What home shows to the person who asks.
#[server(prefix = "/console", endpoint = "home", input = GetUrl)]
pub async fn read_home() -> Result<Home, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let context = crate::backend::context()?;
    let catalog = service.catalog(&actor).await?;
    let tokens = service.token_list(&actor).await?;
    let mut home = summary(catalog.tables, context.now);
    home.name = service.me(&actor).name;
    home.is_admin = actor.is_admin();
    home.base_url = context.base_url;
    home.has_used_cli = tokens.iter().any(|token| token.last_used_at.is_some());
    Ok(home)
}

/// The figures of a catalog.
#[cfg(feature = "ssr")]
fn summary(tables: Vec<agnes_contract::catalog::CatalogTable>, now: DateTime<Utc>) -> Home {
    use crate::words::Freshness;

    let sum = |of: fn(&agnes_contract::catalog::CatalogTable) -> Option<u64>| tables.iter().filter_map(of).sum();
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
    let attention = entries.into_iter().map(|(_, table)| table).take(8).collect();
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
        recent,
    }
}

/// Home.
#[component]
pub fn Dashboard() -> impl IntoView {
    let home = Resource::new_blocking(|| (), |()| read_home());
    view! { <Loaded from=home show=|home| view! { <Shown home /> } /> }
}

#[component]
fn Shown(home: Home) -> impl IntoView {
    let is_empty = home.tables == 0;
    let steps = view! { <FirstSteps base_url=home.base_url.clone() has_used_cli=home.has_used_cli /> };
    view! {
        <PageHeader title="Home" />
        {if is_empty {
            view! { <Nothing is_admin=home.is_admin /> }.into_any()
        } else {
            view! {
                <Figures home=home.clone() />
                <div class="columns">
                    <div class="stack">
                        <Attention tables=home.attention is_admin=home.is_admin now=home.now />
                        <Recent tables=home.recent now=home.now />
                    </div>
                    {steps}
                </div>
            }
                .into_any()
        }}
    }
    .into_any()
}

/// Why home is empty, and the one next step.
#[component]
fn Nothing(is_admin: bool) -> impl IntoView {
    if is_admin {
        view! {
            <EmptyState title="There are no tables yet">
                <p>
                    "Tables come from files and other sources. Upload a CSV, or register a table of a folder; its rows are here after the first sync."
                </p>
                <p>
                    <a class="button primary" href="/admin/tables?add=file">
                        "Upload a file"
                    </a>
                </p>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState title="Nothing has been shared with you yet">
                <p>
                    "You see the tables your groups were granted, and so far there are none. Ask an admin to grant your group the tables you need; they appear here at once."
                </p>
                <p>
                    <a class="button primary" href="/install">
                        "Meanwhile, set up your laptop"
                    </a>
                </p>
            </EmptyState>
        }
        .into_any()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use agnes_contract::catalog::CatalogTable;
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
