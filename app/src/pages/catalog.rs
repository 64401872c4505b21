//! The catalog: every table one may read, found by a few letters.

mod filters;
mod listing;
mod table;

use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

pub use self::table::{ReadTable, TablePage};
use self::{filters::Filters, listing::Listing};
use crate::{
    components::{EmptyState, Loaded, PageHeader, Pager, Search},
    error::ConsoleError,
    query, words,
};

/// Tables on one page.
pub const PAGE_SIZE: u64 = 100;

/// A page of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogPage {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// Whether the reader administers.
    pub is_admin: bool,
    /// What was asked.
    pub ask: Ask,
    /// The tables of this page.
    pub tables: Vec<Entry>,
    /// How many match.
    pub matching: u64,
    /// How many there are.
    pub total: u64,
    /// The sources there are, by name.
    pub sources: Vec<String>,
    /// The states there are, the worrying ones first, with how many tables are in each.
    pub states: Vec<(String, u64)>,
}

/// A table in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The registry id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// Its source.
    pub source: String,
    /// Its rows.
    pub rows: Option<u64>,
    /// Its bytes.
    pub bytes: Option<u64>,
    /// The catalog's word for its state.
    pub status: String,
    /// Lives in its source.
    pub remote: bool,
    /// When its source was last asked with success.
    pub last_sync: Option<DateTime<Utc>>,
}

/// What is asked of the catalog, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Letters of name or description.
    pub q: String,
    /// A source.
    pub source: String,
    /// A state.
    pub status: String,
    /// `name`, `rows`, `size` or `synced`; `-` before it turns it around.
    pub sort: String,
}

impl Ask {
    /// The address that asks this.
    #[must_use]
    pub fn address(&self) -> String {
        query::address(
            "/catalog",
            &[("q", &self.q), ("source", &self.source), ("status", &self.status), ("sort", &self.sort)],
        )
    }
}

/// The tables the reader may read and what was asked for.
#[server(prefix = "/console", endpoint = "catalog", input = GetUrl)]
pub async fn read_catalog(ask: Ask, page: u32) -> Result<CatalogPage, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let now = crate::backend::now()?;
    let catalog = service.catalog(&actor).await?;
    Ok(CatalogPage { is_admin: actor.is_admin(), ..select::page(catalog.tables, ask, page, now) })
}

#[cfg(feature = "ssr")]
mod select;

/// The catalog.
#[component]
pub fn Catalog() -> impl IntoView {
    let query = use_query_map();
    let ask = Memo::new(move |_| {
        query.with(|query| Ask {
            q: query::value(query, "q"),
            source: query::value(query, "source"),
            status: query::value(query, "status"),
            sort: query::value(query, "sort"),
        })
    });
    let page = Memo::new(move |_| query.with(query::page));
    let catalog = Resource::new_blocking(move || (ask.get(), page.get()), |(ask, page)| read_catalog(ask, page));
    let text = Signal::derive(move || ask.with(|ask| ask.q.clone()));
    let keep = Signal::derive(move || {
        ask.with(|ask| vec![("source", ask.source.clone()), ("status", ask.status.clone()), ("sort", ask.sort.clone())])
    });
    view! {
        <PageHeader title="Catalog" />
        <Loaded
            from=catalog
            show=move |catalog| view! { <Shown catalog page=page.get_untracked() text keep /> }
        />
    }
    .into_any()
}

#[component]
fn Shown(
    catalog: CatalogPage,
    page: u32,
    text: Signal<String>,
    keep: Signal<Vec<(&'static str, String)>>,
) -> impl IntoView {
    if catalog.total == 0 {
        return view! { <Nothing is_admin=catalog.is_admin /> }.into_any();
    }
    let address = catalog.ask.address();
    let (matching, total) = (catalog.matching, catalog.total);
    let found = if matching == total {
        words::counted(total, "table")
    } else {
        format!("{} of {}", words::count(matching), words::counted(total, "table"))
    };
    view! {
        <div class="toolbar">
            <Search path="/catalog" label="Search tables" value=text keep />
            <Filters catalog=catalog.clone() />
            <p class="muted num" role="status">
                {found}
            </p>
        </div>
        {if matching == 0 {
            view! {
                <EmptyState title="No table matches">
                    <p>"Nothing you can read has these letters and filters."</p>
                    <p>
                        <a class="button" href="/catalog">
                            "Show all tables"
                        </a>
                    </p>
                </EmptyState>
            }
                .into_any()
        } else {
            view! { <Listing catalog /> }.into_any()
        }}
        <Pager page size=PAGE_SIZE total=matching address />
    }
    .into_any()
}

#[component]
fn Nothing(is_admin: bool) -> impl IntoView {
    if is_admin {
        view! {
            <EmptyState title="There are no tables yet">
                <p>"Upload a file, or register a table of a source; it is listed here from then on."</p>
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
                    "The catalog lists the tables your groups were granted. Ask an admin to grant your group the tables you need; they appear here at once."
                </p>
                <p>
                    <a class="button" href="/install">
                        "Meanwhile, set up your laptop"
                    </a>
                </p>
            </EmptyState>
        }
        .into_any()
    }
}
