//! What is done about access, and the forms it is asked with.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{done::Done, error::ConsoleError};

/// A table to give to a group or to take from it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GrantForm {
    /// The grant to take back; empty to give.
    #[serde(default)]
    pub grant_id: String,
    /// The group.
    #[serde(default)]
    pub group_id: String,
    /// The table's id.
    #[serde(default)]
    pub resource_id: String,
    /// The table's name and the group's, for the sentence afterwards.
    #[serde(default)]
    pub subject: String,
    /// Where the form was.
    #[serde(default)]
    pub back: String,
}

/// A group to make.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupForm {
    /// What to call it.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

/// Gives a table to a group.
#[server(prefix = "/console", endpoint = "grants/create")]
pub async fn grant_table(form: GrantForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let new = agnes_contract::access::NewGrant {
            group_id: form.group_id.clone(),
            resource_type: "table".to_owned(),
            resource_id: form.resource_id.clone(),
        };
        service.grant_create(&actor, new).await?;
        Ok(Done::new("granted", form.subject.clone(), back(&form)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Takes a table from a group.
#[server(prefix = "/console", endpoint = "grants/remove")]
pub async fn revoke_grant(form: GrantForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        service.grant_remove(&actor, &form.grant_id).await?;
        Ok(Done::new("ungranted", form.subject.clone(), back(&form)))
    };
    crate::backend::finish(outcome.await, &form)
}

/// Makes a group.
#[server(prefix = "/console", endpoint = "groups/create")]
pub async fn create_group(form: GroupForm) -> Result<Done, ConsoleError> {
    let outcome = async {
        let (service, actor) = crate::backend::enter()?;
        let description = Some(form.description.trim().to_owned()).filter(|text| !text.is_empty());
        let new = agnes_contract::group::NewGroup { name: form.name.clone(), description };
        let group = service.group_create(&actor, new).await?;
        let to = crate::query::address(super::PATH, &[("group", &group.id)]);
        Ok(Done::new("group_created", group.name, to))
    };
    crate::backend::finish(outcome.await, &form)
}

/// The list a form came from; nothing outside of it.
#[cfg(feature = "ssr")]
fn back(form: &GrantForm) -> String {
    let address = crate::query::settled(&form.back);
    if address.starts_with(super::PATH) {
        address
    } else {
        crate::query::address(super::PATH, &[("group", &form.group_id)])
    }
}
