//! Home: what data is there, how fresh, what needs attention, and the first steps.

mod figures;
mod first_steps;
#[cfg(feature = "ssr")]
mod summary;

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
    /// Tables that are not as they should be, the worst first; not more than fit.
    pub attention: Vec<HomeTable>,
    /// How many more there are.
    pub more_attention: u64,
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
    let mut home = summary::summary(catalog.tables, context.now);
    home.name = service.me(&actor).name;
    home.is_admin = actor.is_admin();
    home.base_url = context.base_url;
    home.has_used_cli = tokens.iter().any(|token| token.last_used_at.is_some());
    Ok(home)
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
                        <Attention tables=home.attention more=home.more_attention is_admin=home.is_admin now=home.now />
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
