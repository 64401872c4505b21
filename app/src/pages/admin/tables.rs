//! The registry: which tables there are, whether they are fresh, and everything done to them.

mod dialogs;
mod form;
mod jobs;
mod listing;
mod upload;

use agnes_contract::{access::TableReaders, table::Table};
use chrono::{DateTime, Utc};
use leptos::{form::ActionForm, prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

pub use self::form::{RegisterTable, RemoveTable, SyncTables, UpdateTable};
use self::{
    dialogs::{Dialogs, Forms},
    jobs::{Jobs, follow_jobs},
    listing::Listing,
};
use crate::{
    components::{
        Chip, Chips, EmptyState, FormError, Glyph, Icon, Loaded, PageHeader, Pager, Run, Search, Submit, failure,
    },
    done,
    error::ConsoleError,
    query, words,
};

const PATH: &str = "/admin/tables";

/// Tables on one page.
pub const PAGE_SIZE: u64 = 100;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// The tables of this page.
    pub tables: Vec<Entry>,
    /// How many match.
    pub matching: u64,
    /// How many there are.
    pub total: u64,
    /// The latest runs.
    pub runs: Vec<Run>,
    /// The states there are, the worrying ones first, with how many tables are in each.
    pub states: Vec<(String, u64)>,
    /// The table a dialog is about.
    pub selected: Option<Selected>,
    /// The connectors in use.
    pub sources: Vec<String>,
}

/// A registered table in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The registry id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub place: String,
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
    /// What its last sync failed with.
    pub error: Option<String>,
    /// Readable by everyone who signs in.
    pub is_public: bool,
}

/// The table a dialog is about, and who would notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// Its registration.
    pub table: Table,
    /// Its rows.
    pub rows: Option<u64>,
    /// Who may read it.
    pub readers: TableReaders,
}

/// The registry with the state of each table.
#[server(prefix = "/console", endpoint = "tables", input = GetUrl)]
pub async fn read_registry(q: String, status: String, page: u32, selected: String) -> Result<Registry, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let now = crate::backend::now()?;
    let registry = service.table_registry(&actor).await?;
    let catalog = service.catalog(&actor).await?;
    let runs = service.job_list(&actor, 3).await?.jobs.into_iter().map(Run::from).collect();
    let chosen = match registry.tables.iter().find(|table| table.id == selected) {
        Some(table) => {
            let readers = service.table_readers(&actor, &table.id).await?;
            let rows = catalog.tables.iter().find(|entry| entry.id == table.id).and_then(|entry| entry.rows);
            Some(Selected { table: table.clone(), rows, readers })
        }
        None => None,
    };
    let shown = listing::page(registry.tables, catalog.tables, (&q, &status), page, now);
    Ok(Registry { selected: chosen, runs, ..shown })
}

/// Where one is in the list, for links that come back to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// What is searched for.
    pub q: String,
    /// A state.
    pub status: String,
    /// The page, from 1.
    pub page: u32,
    /// The dialog that is open and what it is about: `edit`, `remove`, `add`.
    pub dialog: Option<(&'static str, String)>,
}

impl Spot {
    fn read(query: &leptos_router::params::ParamsMap) -> Self {
        let dialog = ["edit", "remove", "add"].into_iter().find_map(|kind| query.get(kind).map(|value| (kind, value)));
        let (q, status) = (query::value(query, "q"), query::value(query, "status"));
        Self { q, status, page: query::page(query), dialog }
    }

    /// The list without a dialog.
    #[must_use]
    pub fn list(&self) -> String {
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        query::address(PATH, &[("q", &self.q), ("status", &self.status), ("page", &page)])
    }

    /// The list with a dialog.
    #[must_use]
    pub fn with(&self, dialog: &str, about: &str) -> String {
        query::extended(&self.list(), &[(dialog, about)])
    }
}

/// The registry.
#[component]
pub fn Tables() -> impl IntoView {
    let query = use_query_map();
    let spot = Memo::new(move |_| query.with(Spot::read));
    let forms = Forms::new();
    let sync = ServerAction::<SyncTables>::new();
    done::follow(sync);
    let finished = RwSignal::new(0_u32);
    let live = follow_jobs(finished);
    let registry = Resource::new_blocking(
        move || (spot.get(), forms.version(), sync.version().get(), finished.get()),
        |(spot, ..)| {
            let selected = spot.dialog.map(|(_, about)| about).unwrap_or_default();
            read_registry(spot.q, spot.status, spot.page, selected)
        },
    );
    let text = Signal::derive(move || spot.with(|spot| spot.q.clone()));
    view! {
        <PageHeader title="Tables">
            <ActionForm action=sync>
                <input type="hidden" name="form[table]" value="" />
                <Submit label="Sync all" look="" pending=sync.pending() />
            </ActionForm>
            <a class="button" href=move || spot.get().with("add", "table") data-noscroll>
                "Register a table"
            </a>
            <a class="button primary" href=move || spot.get().with("add", "file") data-noscroll>
                <Icon glyph=Glyph::Plus />
                "Upload a file"
            </a>
        </PageHeader>
        <FormError error=failure(sync) />
        <Loaded
            from=registry
            show=move |registry| view! { <Shown registry spot=spot.get_untracked() forms sync live text /> }
        />
    }
    .into_any()
}

#[component]
fn Shown(
    registry: Registry,
    spot: Spot,
    forms: Forms,
    sync: ServerAction<SyncTables>,
    live: RwSignal<Option<Run>>,
    text: Signal<String>,
) -> impl IntoView {
    let (now, matching, total, page) = (registry.now, registry.matching, registry.total, spot.page);
    let list = Spot { page: 1, ..spot.clone() }.list();
    let keep = vec![("status", spot.status.clone())];
    let states = states(&registry.states, &spot);
    let found = if matching == total {
        words::counted(total, "table")
    } else {
        format!("{} of {}", words::count(matching), words::counted(total, "table"))
    };
    view! {
        <Dialogs selected=registry.selected sources=registry.sources spot=spot.clone() forms />
        <Jobs runs=registry.runs now live />
        {if total == 0 {
            view! {
                <EmptyState title="No tables are registered">
                    <p>
                        "Upload a CSV, JSON lines or Parquet file to begin with, or register files that lie in the source folder. Nobody but admins sees a table before you grant it."
                    </p>
                    <p>
                        <a class="button primary" href=spot.with("add", "file")>
                            "Upload a file"
                        </a>
                    </p>
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <div class="toolbar">
                    <Search path=PATH label="Search registered tables" value=text keep />
                    {states.map(|chips| view! { <Chips label="Filter by state" chips /> })}
                    <p class="muted num" role="status">
                        {found}
                    </p>
                </div>
                <Listing tables=registry.tables spot sync now />
                <Pager page size=PAGE_SIZE total=matching address=list />
            }
                .into_any()
        }}
    }
    .into_any()
}

/// The states to choose from, where there is a choice.
fn states(states: &[(String, u64)], spot: &Spot) -> Option<Vec<Chip>> {
    let chip = |label: String, status: &str| {
        let aim = Spot { status: status.to_owned(), page: 1, q: spot.q.clone(), dialog: None };
        Chip { label, href: aim.list(), current: spot.status == status }
    };
    (states.len() > 1 || !spot.status.is_empty()).then(|| {
        let each = states.iter().map(|(key, count)| chip(words::state_label(key, *count), key));
        std::iter::once(chip("All".to_owned(), "")).chain(each).collect()
    })
}
