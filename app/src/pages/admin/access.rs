//! Access: pick a group, see which tables it holds, give and take in place.

mod form;
mod groups;
mod matrix;

use agnes_contract::access::OverviewGroup;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

pub use self::form::{CreateGroup, GrantTable, RevokeGrant};
pub(crate) use self::matrix::tabs;
use self::{
    groups::{Groups, NewGroupDialog},
    matrix::Matrix,
};
use crate::{
    components::{EmptyState, FormError, Glyph, Icon, Loaded, PageHeader, failure},
    done,
    error::ConsoleError,
    query,
};

const PATH: &str = "/admin/access";

/// Tables on one page.
pub const PAGE_SIZE: u64 = 100;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Every group, by name.
    pub groups: Vec<OverviewGroup>,
    /// The group that was picked.
    pub selected: Option<OverviewGroup>,
    /// The tables of this page, and whether the group holds them.
    pub tables: Vec<Entry>,
    /// How many match.
    pub matching: u64,
    /// How many there are.
    pub total: u64,
    /// How many of them the group holds.
    pub granted: u64,
}

/// A table and whether the group holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The registry id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// Where it comes from.
    pub place: String,
    /// Readable by everyone who signs in, whoever holds it.
    pub is_public: bool,
    /// The grant, when the group holds it.
    pub grant_id: Option<String>,
}

/// What is asked of the page, as it stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The group's id.
    pub group: String,
    /// Letters of a table.
    pub q: String,
    /// `granted`, `open` (not granted), or empty for all.
    pub only: String,
}

impl Ask {
    /// The address that asks this.
    #[must_use]
    pub fn address(&self) -> String {
        query::address(PATH, &[("group", &self.group), ("q", &self.q), ("only", &self.only)])
    }
}

/// Groups, and the tables the picked one holds.
#[server(prefix = "/console", endpoint = "access", input = GetUrl)]
pub async fn read_access(ask: Ask, page: u32) -> Result<Access, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let overview = service.access_overview(&actor).await?;
    let registry = service.table_registry(&actor).await?;
    if !ask.group.is_empty() && !overview.groups.iter().any(|group| group.id == ask.group) {
        return Err(crate::backend::fail(404, "group_not_found", "This group does not exist any more."));
    }
    Ok(matrix::page(overview, registry.tables, &ask, page))
}

/// The access page.
#[component]
pub fn AccessPage() -> impl IntoView {
    let query = use_query_map();
    let ask = Memo::new(move |_| {
        query.with(|query| Ask {
            group: query::value(query, "group"),
            q: query::value(query, "q"),
            only: query::value(query, "only"),
        })
    });
    let page = Memo::new(move |_| query.with(query::page));
    let adding = Memo::new(move |_| query.with(|query| query.get("add").is_some()));
    let grant = ServerAction::<GrantTable>::new();
    let revoke = ServerAction::<RevokeGrant>::new();
    let create = ServerAction::<CreateGroup>::new();
    done::follow(grant);
    done::follow(revoke);
    done::follow(create);
    let access = Resource::new_blocking(
        move || (ask.get(), page.get(), grant.version().get(), revoke.version().get(), create.version().get()),
        |(ask, page, ..)| read_access(ask, page),
    );
    view! {
        <PageHeader title="Access" lead="Groups hold grants; whoever is in a group may read what it holds.">
            <a class="button primary" href=move || query::extended(&ask.get().address(), &[("add", "group")]) data-noscroll>
                <Icon glyph=Glyph::Plus />
                "New group"
            </a>
        </PageHeader>
        {move || adding.get().then(|| view! { <NewGroupDialog action=create back=ask.get_untracked().address() /> })}
        <FormError error=failure(grant) />
        <FormError error=failure(revoke) />
        <Loaded
            from=access
            show=move |access| {
                let (ask, page) = (ask.get_untracked(), page.get_untracked());
                view! { <Shown access ask page grant revoke /> }
            }
        />
    }
    .into_any()
}

#[component]
fn Shown(
    access: Access,
    ask: Ask,
    page: u32,
    grant: ServerAction<GrantTable>,
    revoke: ServerAction<RevokeGrant>,
) -> impl IntoView {
    let groups = access.groups.clone();
    let selected = access.selected.clone();
    view! {
        <div class="columns list-first">
            <Groups groups selected=selected.as_ref().map(|group| group.id.clone()) />
            {match selected {
                Some(group) => view! { <Matrix group access ask page grant revoke /> }.into_any(),
                None => {
                    view! {
                        <EmptyState title="No groups yet">
                            <p>"Make a group for the people who need the same tables, then grant it those tables."</p>
                        </EmptyState>
                    }
                        .into_any()
                }
            }}
        </div>
    }
    .into_any()
}
