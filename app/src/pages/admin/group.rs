//! A group: who is in it, what it is called, and its end.

mod form;
mod members;

use agnes_contract::group::{Group, Member};
use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

pub use self::form::{AddMember, RemoveGroup, RemoveMember, UpdateGroup};
use self::members::{AddMemberForm, Members, Removal, Rename};
use crate::{
    components::{Badge, FormError, Loaded, Note, PageHeader, Tabs, Tone, failure},
    done,
    error::ConsoleError,
    pages::admin::access::tabs,
    words,
};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupShown {
    /// When the page was made.
    pub now: DateTime<Utc>,
    /// The group.
    pub group: Group,
    /// Who is in it, by address.
    pub members: Vec<Member>,
    /// Addresses that could be added, unless there are too many to list.
    pub candidates: Vec<String>,
}

/// How many addresses are offered at most.
#[cfg(feature = "ssr")]
const CANDIDATES: usize = 500;

/// A group and its members.
#[server(prefix = "/console", endpoint = "groups/find", input = GetUrl)]
pub async fn read_group(id: String) -> Result<GroupShown, ConsoleError> {
    let (service, actor) = crate::backend::enter()?;
    let now = crate::backend::now()?;
    let group = service.group_find(&actor, &id).await?;
    let members = service.group_members(&actor, &id).await?;
    let users = service.user_list(&actor).await?;
    let mut candidates: Vec<String> = Vec::new();
    if users.len() <= CANDIDATES {
        let is_member = |email: &String| members.iter().any(|member| member.email == *email);
        candidates.extend(
            users.into_iter().filter(|user| user.active).map(|user| user.email).filter(|email| !is_member(email)),
        );
    }
    Ok(GroupShown { now, group, members, candidates })
}

/// The forms of the page.
#[derive(Clone, Copy)]
pub struct Forms {
    add: ServerAction<AddMember>,
    remove_member: ServerAction<RemoveMember>,
    update: ServerAction<UpdateGroup>,
    remove: ServerAction<RemoveGroup>,
}

/// The page of a group.
#[component]
pub fn GroupPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let dialog = Memo::new(move |_| query.with(|query| query.get("remove").is_some()));
    let forms = Forms {
        add: ServerAction::new(),
        remove_member: ServerAction::new(),
        update: ServerAction::new(),
        remove: ServerAction::new(),
    };
    done::follow(forms.add);
    done::follow(forms.remove_member);
    done::follow(forms.update);
    done::follow(forms.remove);
    let group = Resource::new_blocking(
        move || {
            (id.get(), forms.add.version().get(), forms.remove_member.version().get(), forms.update.version().get())
        },
        |(id, ..)| read_group(id),
    );
    view! { <Loaded from=group show=move |shown| view! { <Shown shown forms removing=dialog /> } /> }
}

#[component]
fn Shown(shown: GroupShown, forms: Forms, removing: Memo<bool>) -> impl IntoView {
    let GroupShown { now, group, members, candidates } = shown;
    let count = words::counted(members.len() as u64, "member");
    let remove_href = format!("/admin/groups/{}?remove=1", group.id);
    let is_system = group.is_system;
    let doomed = group.clone();
    let everyone = is_system && group.name == "Everyone";
    view! {
        <PageHeader title=group.name.clone() above=("/admin/access", "Access")>
            {is_system.then(|| view! { <Badge label="System" /> })}
            {(!is_system)
                .then(|| {
                    view! {
                        <a class="button danger-quiet" href=remove_href data-noscroll>
                            "Remove"
                        </a>
                    }
                })}
        </PageHeader>
        {move || {
            (removing.get() && !is_system).then(|| view! { <Removal group=doomed.clone() action=forms.remove /> })
        }}
        <Tabs label=format!("The group {}", group.name) tabs=tabs(&group.id, false) />
        {everyone
            .then(|| {
                view! {
                    <Note tone=Tone::Information>
                        <p>"Everyone with an account belongs to this group, listed or not."</p>
                    </Note>
                }
            })}
        <FormError error=failure(forms.remove_member) />
        <div class="columns">
            <section class="card" aria-labelledby="members">
                <div class="card-head">
                    <h2 id="members">"Members"</h2>
                    <span class="muted num">{count}</span>
                </div>
                <AddMemberForm group_id=group.id.clone() candidates action=forms.add />
                <Members members group_id=group.id.clone() action=forms.remove_member now />
            </section>
            <Rename group action=forms.update />
        </div>
    }
    .into_any()
}
