//! The list of people.

use agnes_contract::user::User;
use chrono::{DateTime, Utc};
use leptos::{form::ActionForm, prelude::*};

use super::SetActive;
use crate::{
    components::{Badge, EmptyState, Submit, Tone, When},
    query,
};

/// Groups shown in a row; the rest is a number.
const GROUPS_SHOWN: usize = 4;

/// People with their groups and whether they may sign in.
#[component]
pub fn Listing(
    users: Vec<User>,
    me: String,
    now: DateTime<Utc>,
    address: String,
    action: ServerAction<SetActive>,
) -> impl IntoView {
    if users.is_empty() {
        return view! {
            <EmptyState title="Nobody matches">
                <p>"No account has these letters in its e-mail or name."</p>
                <p>
                    <a class="button" href="/admin/users">
                        "Show everybody"
                    </a>
                </p>
            </EmptyState>
        }
        .into_any();
    }
    let rows = users
        .into_iter()
        .map(|user| {
            let is_me = user.id == me;
            view! { <Row user is_me now address=address.clone() action /> }
        })
        .collect_view();
    view! {
        <div class="table-frame">
            <table class="table stacks">
                <caption class="visually-hidden">"People with an account"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Groups"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(user: User, is_me: bool, now: DateTime<Utc>, address: String, action: ServerAction<SetActive>) -> impl IntoView {
    let (state, tone) = if user.active { ("Active", Tone::Good) } else { ("Deactivated", Tone::Warning) };
    let (verb, look) = if user.active { ("Deactivate", "small danger-quiet") } else { ("Activate", "small") };
    let password = query::extended(&address, &[("password", &user.id)]);
    let label = format!("{verb} {}", user.email);
    let password_label = format!("Set password of {}", user.email);
    let more = user.groups.len().saturating_sub(GROUPS_SHOWN);
    let groups = user
        .groups
        .into_iter()
        .take(GROUPS_SHOWN)
        .map(|group| {
            let href = format!("/admin/groups/{}", group.id);
            view! {
                <a class="chip" href=href>
                    {group.name}
                </a>
            }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">
                <bdi>{user.name.clone().unwrap_or_else(|| user.email.clone())}</bdi>
                {is_me.then_some(" (you)")}
                <span class="description">{user.email.clone()}</span>
            </th>
            <td>
                <Badge tone label=state />
            </td>
            <td class="minor">
                <div class="chips">
                    {groups} {(more > 0).then(|| view! { <span class="muted">{format!("and {more} more")}</span> })}
                </div>
            </td>
            <td class="minor nowrap">{user.created_at.map(|at| view! { <When at now /> })}</td>
            <td class="actions">
                <div>
                    <a class="button small quiet" href=password aria-label=password_label data-noscroll>
                        "Set password"
                    </a>
                    {(!is_me)
                        .then(|| {
                            view! {
                                <ActionForm action>
                                    <input type="hidden" name="form[id]" value=user.id />
                                    <input type="hidden" name="form[email]" value=user.email />
                                    <input type="hidden" name="form[active]" value=(!user.active).to_string() />
                                    <Submit label=verb look name=label pending=action.pending() />
                                </ActionForm>
                            }
                        })}
                </div>
            </td>
        </tr>
    }
    .into_any()
}
