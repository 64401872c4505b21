//! The members of a group and the forms of its page.

use agnes_contract::group::{Group, Member};
use chrono::{DateTime, Utc};
use leptos::{form::ActionForm, prelude::*};

use super::{AddMember, RemoveGroup, RemoveMember, UpdateGroup};
use crate::{
    components::{Badge, Dialog, Field, FormError, Submit, TextArea, Tone, When, failure},
    words,
};

/// Who is in the group, since when and why.
#[component]
pub fn Members(
    members: Vec<Member>,
    group_id: String,
    action: ServerAction<RemoveMember>,
    now: DateTime<Utc>,
) -> impl IntoView {
    if members.is_empty() {
        return view! { <p class="muted">"Nobody is in this group yet. Add the first person by their e-mail."</p> }
            .into_any();
    }
    let rows =
        members.into_iter().map(|member| view! { <Row member group_id=group_id.clone() action now /> }).collect_view();
    view! { <ul class="lines">{rows}</ul> }.into_any()
}

#[component]
fn Row(member: Member, group_id: String, action: ServerAction<RemoveMember>, now: DateTime<Utc>) -> impl IntoView {
    let label = format!("Remove {}", member.email);
    // Only what an admin put in is an admin's to take out.
    let removable = member.source == "admin";
    let why = match member.source.as_str() {
        "admin" => "added",
        "google_sync" => "synced from Google",
        "system_seed" => "first admin",
        _ => "added on the server",
    };
    view! {
        <li>
            <div class="grant-what">
                <span>{member.name.unwrap_or_else(|| member.email.clone())}</span>
                <span class="muted line-note">
                    {member.email.clone()} " · " {why} " " {member.added_at.map(|at| view! { <When at now /> })}
                </span>
            </div>
            {(!member.active).then(|| view! { <Badge tone=Tone::Warning label="Deactivated" /> })}
            {removable
                .then(|| {
                    view! {
                        <ActionForm action>
                            <input type="hidden" name="form[group_id]" value=group_id />
                            <input type="hidden" name="form[user_id]" value=member.user_id />
                            <input type="hidden" name="form[email]" value=member.email />
                            <Submit label="Remove" look="small danger-quiet" name=label pending=action.pending() />
                        </ActionForm>
                    }
                })}
        </li>
    }
    .into_any()
}

/// Adds somebody by their address.
#[component]
pub fn AddMemberForm(group_id: String, candidates: Vec<String>, action: ServerAction<AddMember>) -> impl IntoView {
    let error = failure(action);
    view! {
        <ActionForm action attr:class="stack">
            <FormError error fields=&["email"] />
            <input type="hidden" name="form[group_id]" value=group_id />
            <div class="inline-form">
                <Field label="Add a person" name="form[email]" kind="email" required=true maxlength=320 list="people" error />
                <Submit label="Add" look="" pending=action.pending() />
            </div>
            <datalist id="people">
                {candidates.into_iter().map(|email| view! { <option value=email></option> }).collect_view()}
            </datalist>
        </ActionForm>
    }
    .into_any()
}

/// Name and description.
#[component]
pub fn Rename(group: Group, action: ServerAction<UpdateGroup>) -> impl IntoView {
    let error = failure(action);
    let name = group.name.clone();
    view! {
        <section class="card" aria-labelledby="about">
            <h2 id="about">"About"</h2>
            <ActionForm action attr:class="stack">
                <FormError error fields=&["name"] />
                <input type="hidden" name="form[group_id]" value=group.id />
                {(!group.is_system).then(|| view! { <Field label="Name" name="form[name]" required=true value=name error /> })}
                <TextArea label="Description" name="form[description]" value=group.description.unwrap_or_default() error hint="Who belongs in it, and what for." />
                <Submit label="Save" look="" pending=action.pending() />
            </ActionForm>
        </section>
    }
    .into_any()
}

/// Asks once more before a group goes.
#[component]
pub fn Removal(group: Group, action: ServerAction<RemoveGroup>) -> impl IntoView {
    let error = failure(action);
    let back = format!("/admin/groups/{}", group.id);
    let consequences = format!(
        "Its {} and its {} go with it. People lose the tables they read only through this group, at once.",
        words::counted(group.member_count, "membership"),
        words::counted(group.grant_count, "grant"),
    );
    view! {
        <Dialog id="remove" title=format!("Remove {}", group.name) back=back.clone()>
            <p>{consequences}</p>
            <ActionForm action attr:class="stack">
                <FormError error fields=&["typed"] />
                <input type="hidden" name="form[group_id]" value=group.id />
                <input type="hidden" name="form[name]" value=group.name.clone() />
                <p>"To confirm, type " <code>{group.name}</code></p>
                <Field label="Name of the group" name="form[typed]" required=true error />
                <p class="row">
                    <Submit label="Remove this group" look="danger" pending=action.pending() />
                    <a class="button" href=back data-noscroll>
                        "Keep it"
                    </a>
                </p>
            </ActionForm>
        </Dialog>
    }
    .into_any()
}
