//! The tables of one group: which it holds, and the button that changes it.

use agnes_contract::access::OverviewGroup;
use leptos::{form::ActionForm, prelude::*};

use super::{Access, Ask, Entry, GrantTable, PAGE_SIZE, PATH, RevokeGrant};
use crate::{
    components::{Badge, Chip, Chips, EmptyState, Note, Pager, Search, Submit, Tab, Tabs, Tone},
    query, words,
};

#[cfg(feature = "ssr")]
pub use self::select::page;

/// The two views of a group.
#[must_use]
pub fn tabs(group_id: &str, tables: bool) -> Vec<Tab> {
    vec![
        Tab { href: query::address(PATH, &[("group", group_id)]), label: "Tables".to_owned(), current: tables },
        Tab { href: format!("/admin/groups/{group_id}"), label: "Members".to_owned(), current: !tables },
    ]
}

/// What the picked group holds.
#[component]
pub fn Matrix(
    group: OverviewGroup,
    access: Access,
    ask: Ask,
    page: u32,
    grant: ServerAction<GrantTable>,
    revoke: ServerAction<RevokeGrant>,
) -> impl IntoView {
    let ask = Ask { group: group.id.clone(), ..ask };
    let here = query::extended(&ask.address(), &[("page", &if page > 1 { page.to_string() } else { String::new() })]);
    let text = ask.q.clone();
    let keep = vec![("group", ask.group.clone()), ("only", ask.only.clone())];
    let rows = access
        .tables
        .into_iter()
        .map(|entry| view! { <Row entry group=group.clone() here=here.clone() grant revoke /> })
        .collect_view();
    let held = format!("{} of {} granted", words::count(access.granted), words::counted(access.total, "table"));
    let is_empty = access.matching == 0;
    let everything = Ask { group: ask.group.clone(), ..Ask::default() }.address();
    let address = ask.address();
    view! {
        <section class="stack" aria-labelledby="group">
            <div class="card-head">
                <h2 id="group">{group.name.clone()}</h2>
                <span class="muted num">{held}</span>
            </div>
            {group.description.clone().map(|text| view! { <p class="muted" dir="auto">{text}</p> })}
            <Tabs label=format!("The group {}", group.name) tabs=tabs(&group.id, true) />
            {remark(&group).map(|text| view! { <Note tone=Tone::Information><p>{text}</p></Note> })}
            <div class="toolbar">
                <Search path=PATH label="Search tables" value=text keep />
                <Only ask />
            </div>
            {if is_empty {
                view! {
                    <EmptyState title="No table to show">
                        <p>"Nothing registered has these letters and filters."</p>
                        <p>
                            <a class="button" href=everything>
                                "Show all tables"
                            </a>
                        </p>
                    </EmptyState>
                }
                    .into_any()
            } else {
                view! { <ul class="card lines grants">{rows}</ul> }.into_any()
            }}
            <Pager page size=PAGE_SIZE total=access.matching address />
        </section>
    }
    .into_any()
}

/// What is easily misread about a group of the system.
fn remark(group: &OverviewGroup) -> Option<&'static str> {
    match group.name.as_str() {
        "Admin" if group.is_system => Some("Members of this group read every table, whatever is granted here."),
        "Everyone" if group.is_system => {
            Some("Everyone with an account belongs to this group: what it holds, all of them read.")
        }
        _ => None,
    }
}

#[component]
fn Only(ask: Ask) -> impl IntoView {
    let chips = [("", "All"), ("granted", "Granted"), ("open", "Not granted")]
        .into_iter()
        .map(|(only, label)| {
            let aim = Ask { only: only.to_owned(), ..ask.clone() };
            Chip { label: label.to_owned(), href: aim.address(), current: aim == ask }
        })
        .collect();
    view! { <Chips label="Filter by grant" chips /> }
}

#[component]
fn Row(
    entry: Entry,
    group: OverviewGroup,
    here: String,
    grant: ServerAction<GrantTable>,
    revoke: ServerAction<RevokeGrant>,
) -> impl IntoView {
    let href = format!("/catalog/tables/{}", entry.id);
    let subject = format!("{} to {}", entry.name, group.name);
    let hidden = {
        let entry = entry.clone();
        move |subject: String| {
            view! {
                <input type="hidden" name="form[group_id]" value=group.id />
                <input type="hidden" name="form[resource_id]" value=entry.id />
                <input type="hidden" name="form[grant_id]" value=entry.grant_id.unwrap_or_default() />
                <input type="hidden" name="form[subject]" value=subject />
                <input type="hidden" name="form[back]" value=here />
            }
        }
    };
    let state = match (&entry.grant_id, entry.is_public) {
        (Some(_), _) => view! { <Badge tone=Tone::Good label="Granted" /> }.into_any(),
        (None, true) => view! { <Badge tone=Tone::Information label="Public: everyone reads it" /> }.into_any(),
        (None, false) => ().into_any(),
    };
    let (name, revoke_label, grant_label) =
        (entry.name.clone(), format!("Revoke {}", entry.name), format!("Grant {}", entry.name));
    let button = if entry.grant_id.is_some() {
        view! {
            <ActionForm action=revoke>
                {hidden(name)}
                <Submit label="Revoke" look="small danger-quiet" name=revoke_label pending=revoke.pending() />
            </ActionForm>
        }
        .into_any()
    } else {
        view! {
            <ActionForm action=grant>
                {hidden(subject)}
                <Submit label="Grant" look="small" name=grant_label pending=grant.pending() />
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <li>
            <div class="grant-what">
                <a href=href>{entry.name}</a>
                <span class="muted line-note" dir="auto">
                    {if entry.description.is_empty() { entry.place } else { entry.description }}
                </span>
            </div>
            <div class="row line-end">{state} {button}</div>
        </li>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
mod select {
    use std::collections::HashMap;

    use agnes_contract::{
        access::{AccessOverview, OverviewGroup, ResourceType},
        table::Table,
    };

    use super::super::{Access, Ask, Entry, PAGE_SIZE};

    /// The page of tables that was asked for. Without a group the first one that people made is
    /// picked.
    pub fn page(overview: AccessOverview, tables: Vec<Table>, ask: &Ask, page: u32) -> Access {
        let selected = pick(&overview.groups, &ask.group).cloned();
        let mut grants: HashMap<String, String> = overview
            .grants
            .into_iter()
            .filter(|grant| {
                grant.resource_type == ResourceType::Table.key()
                    && selected.as_ref().is_some_and(|group| group.id == grant.group_id)
            })
            .map(|grant| (grant.resource_id, grant.id))
            .collect();
        let total = tables.len() as u64;
        let entries: Vec<Entry> = tables
            .into_iter()
            .map(|table| {
                let grant_id = grants.remove(&table.id);
                entry(table, grant_id)
            })
            .collect();
        let granted = entries.iter().filter(|entry| entry.grant_id.is_some()).count() as u64;
        let needle = ask.q.trim().to_lowercase();
        let matching: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| match ask.only.as_str() {
                "granted" => entry.grant_id.is_some(),
                "open" => entry.grant_id.is_none(),
                _ => true,
            })
            .filter(|entry| {
                let hay = format!("{} {} {} {}", entry.name, entry.id, entry.place, entry.description).to_lowercase();
                needle.split_whitespace().all(|word| hay.contains(word))
            })
            .collect();
        let count = matching.len() as u64;
        let skipped = usize::try_from(u64::from(page.saturating_sub(1)) * PAGE_SIZE).unwrap_or(usize::MAX);
        let tables = matching.into_iter().skip(skipped).take(PAGE_SIZE as usize).collect();
        Access { groups: overview.groups, selected, tables, matching: count, total, granted }
    }

    fn pick<'a>(groups: &'a [OverviewGroup], id: &str) -> Option<&'a OverviewGroup> {
        let asked = groups.iter().find(|group| group.id == id);
        asked.or_else(|| groups.iter().find(|group| !group.is_system)).or(groups.first())
    }

    fn entry(table: Table, grant_id: Option<String>) -> Entry {
        let place: Vec<String> = [table.source_type, table.bucket].into_iter().flatten().collect();
        Entry {
            id: table.id,
            name: table.name,
            description: table.description.unwrap_or_default(),
            place: place.join(" / "),
            is_public: table.is_public,
            grant_id,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn overview() -> AccessOverview {
            serde_json::from_value(serde_json::json!({
                "groups": [
                    {"id": "a", "name": "Admin", "description": null, "is_system": true, "member_count": 1, "grant_count": 0},
                    {"id": "s", "name": "Sales", "description": null, "is_system": false, "member_count": 2, "grant_count": 1}],
                "grants": [
                    {"id": "g1", "group_id": "s", "resource_type": "table", "resource_id": "orders"},
                    {"id": "g2", "group_id": "s", "resource_type": "marketplace_plugin", "resource_id": "items"}],
                "resources": []}))
            .unwrap()
        }

        fn table(id: &str) -> Table {
            serde_json::from_value(serde_json::json!({"id": id, "name": id, "source_type": "csv", "bucket": null,
                "source_table": null, "sync_strategy": null, "query_mode": null, "sync_schedule": null,
                "profile_after_sync": false, "primary_key": null, "folder": null, "description": null,
                "registered_by": null, "is_public": false, "registered_at": null}))
            .unwrap()
        }

        fn shown(ask: &Ask) -> Access {
            page(overview(), vec![table("items"), table("orders")], ask, 1)
        }

        #[test]
        fn only_grants_of_tables_count_for_tables() {
            let access = shown(&Ask { group: "s".into(), ..Ask::default() });
            assert_eq!((access.granted, access.total), (1, 2));
            let held: Vec<_> = access.tables.iter().map(|entry| entry.grant_id.as_deref()).collect();
            assert_eq!(held, [None, Some("g1")]);
        }

        #[test]
        fn the_first_group_people_made_is_picked() {
            assert_eq!(shown(&Ask::default()).selected.map(|group| group.name).as_deref(), Some("Sales"));
        }

        #[test]
        fn filters_hold_at_once() {
            let ask = |only: &str, q: &str| Ask { group: "s".into(), q: q.into(), only: only.into() };
            assert_eq!(shown(&ask("granted", "")).matching, 1);
            assert_eq!(shown(&ask("open", "orders")).matching, 0);
        }
    }
}
