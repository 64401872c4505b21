//! The groups to pick from, and the dialog that makes one.

use agnes_contract::access::OverviewGroup;
use leptos::{form::ActionForm, prelude::*};

use super::{CreateGroup, PATH};
use crate::{
    components::{Badge, Dialog, Field, FormError, Submit, failure},
    query, words,
};

/// Every group with how many people and grants it has.
#[component]
pub fn Groups(groups: Vec<OverviewGroup>, selected: Option<String>) -> impl IntoView {
    let entries = groups
        .into_iter()
        .map(|group| {
            let href = query::address(PATH, &[("group", &group.id)]);
            let current = selected.as_ref() == Some(&group.id);
            view! {
                <li>
                    <a href=href aria-current=current.then_some("true") data-noscroll>
                        <span class="pick-name">
                            {group.name} {group.is_system.then(|| view! { " " <Badge label="System" /> })}
                        </span>
                        <span class="muted num">
                            {format!(
                                "{} · {}",
                                words::counted(group.member_count, "member"),
                                words::counted(group.grant_count, "grant"),
                            )}
                        </span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="card pick" aria-label="Groups">
            <h2>"Groups"</h2>
            <ul>{entries}</ul>
        </nav>
    }
    .into_any()
}

/// Asks for a new group.
#[component]
pub fn NewGroupDialog(action: ServerAction<CreateGroup>, back: String) -> impl IntoView {
    let error = failure(action);
    view! {
        <Dialog id="new-group" title="New group" back>
            <ActionForm action attr:class="stack">
                <FormError error fields=&["name"] />
                <Field label="Name" name="form[name]" required=true error />
                <Field label="Description" name="form[description]" error hint="Who belongs in it, and what for." />
                <Submit label="Create" pending=action.pending() />
            </ActionForm>
        </Dialog>
    }
    .into_any()
}
