//! What is done to a group, and the forms it is asked with.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{done::Done, error::ConsoleError};

/// Somebody to add.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberForm {
    /// The group.
    pub group_id: String,
    /// Their address.
    #[serde(default)]
    pub email: String,
    /// Their id, to remove them.
    #[serde(default)]
    pub user_id: String,
}

/// What a group is to be called.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupChange {
    /// The group.
    pub group_id: String,
    /// Its name; empty for groups whose name stays.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

/// A group to remove, its name typed as confirmation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupRemoval {
    /// The group.
    pub group_id: String,
    /// Its name.
    pub name: String,
    /// What was typed.
    #[serde(default)]
    pub typed: String,
}

/// Adds somebody to a group.
#[server(prefix = "/console", endpoint = "members/add")]
pub async fn add_member(form: MemberForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let new = agnes_contract::group::NewMember { email: form.email.trim().to_owned() };
        let member = service.group_member_add(&actor, &form.group_id, new).await?;
        Ok(Done::new("member_added", member.email, page(&form.group_id)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Takes somebody out of a group.
#[server(prefix = "/console", endpoint = "members/remove")]
pub async fn remove_member(form: MemberForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        service.group_member_remove(&actor, &form.group_id, &form.user_id).await?;
        Ok(Done::new("member_removed", form.email.clone(), page(&form.group_id)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Renames a group or describes it anew.
#[server(prefix = "/console", endpoint = "groups/update")]
pub async fn update_group(form: GroupChange) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let changes = agnes_contract::group::GroupChanges {
            name: Some(form.name.clone()).filter(|name| !name.is_empty()),
            description: Some(form.description.trim().to_owned()),
        };
        let group = service.group_update(&actor, &form.group_id, changes).await?;
        Ok(Done::new("group_updated", group.name, page(&form.group_id)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Removes a group with its memberships and grants.
#[server(prefix = "/console", endpoint = "groups/remove")]
pub async fn remove_group(form: GroupRemoval) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        if form.typed.trim() != form.name {
            let detail = format!("Type {} to remove it. Nothing was removed.", form.name);
            return Err(crate::backend::fail(400, "invalid_request", &detail).about("typed"));
        }
        service.group_remove(&actor, &form.group_id).await?;
        Ok(Done::new("group_removed", form.name.clone(), "/admin/access"))
    };
    crate::backend::finish(outcome.await, &form)
}

#[cfg(feature = "ssr")]
fn page(group_id: &str) -> String {
    format!("/admin/groups/{}", leptos_router::location::Url::escape(group_id))
}
