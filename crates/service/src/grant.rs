//! Grants: what the members of a group may use.

use std::collections::BTreeMap;

use agnes_contract::access::{
    AccessOverview, Grant, NewGrant, OverviewBlock, OverviewGrant, OverviewGroup, OverviewItem, OverviewResources,
    ResourceType, ResourceTypeInfo,
};
use agnes_store::Directory;
use agnes_store::GrantRow;

use crate::actor::Actor;
use crate::audit::Audit;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

fn describe(directory: &Directory, grant: &GrantRow) -> Option<Grant> {
    let group = directory.group(&grant.group_id)?;
    Some(Grant {
        id: grant.id.clone(),
        group_id: grant.group_id.clone(),
        group_name: group.name.clone(),
        resource_type: grant.resource_type.clone(),
        resource_id: grant.resource_id.clone(),
        assigned_at: grant.assigned_at,
        assigned_by: grant.assigned_by.clone(),
    })
}

fn known_type(key: &str) -> Result<ResourceType, Error> {
    ResourceType::find(key).ok_or_else(|| Error::UnknownResourceType(key.to_owned()))
}

impl Service {
    fn is_enabled(&self, kind: ResourceType) -> bool {
        match kind {
            ResourceType::MarketplacePlugin => true,
            ResourceType::Table => self.0.settings.table_grants,
        }
    }

    /// Grants by group name, type and resource, all or some.
    ///
    /// # Errors
    /// `admin_required`, `unknown_resource_type`.
    pub async fn grant_list(
        &self,
        actor: &Actor,
        resource_type: Option<String>,
        group_id: Option<String>,
    ) -> Result<Vec<Grant>, Error> {
        policy::admin(actor)?;
        let kind = resource_type.as_deref().map(known_type).transpose()?;
        let directory = self.directory();
        let mut grants: Vec<Grant> = directory
            .grants()
            .filter(|grant| kind.is_none_or(|kind| grant.resource_type == kind.key()))
            .filter(|grant| group_id.as_ref().is_none_or(|group| &grant.group_id == group))
            .filter_map(|grant| describe(&directory, grant))
            .collect();
        grants.sort_by(|left, right| {
            (&left.group_name, &left.resource_type, &left.resource_id).cmp(&(
                &right.group_name,
                &right.resource_type,
                &right.resource_id,
            ))
        });
        Ok(grants)
    }

    /// Gives a group a right. The resource may come into being later.
    ///
    /// # Errors
    /// `admin_required`, `unknown_resource_type`, `resource_type_disabled`, `blank`, `group_not_found`,
    /// `grant_exists`.
    pub async fn grant_create(&self, actor: &Actor, new: NewGrant) -> Result<Grant, Error> {
        policy::admin(actor)?;
        let kind = known_type(&new.resource_type)?;
        if !self.is_enabled(kind) {
            return Err(Error::ResourceTypeDisabled(new.resource_type));
        }
        let resource_id = new.resource_id.trim();
        if resource_id.is_empty() {
            return Err(Error::Blank("resource_id"));
        }
        let row = GrantRow {
            id: uuid::Uuid::new_v4().to_string(),
            group_id: new.group_id,
            resource_type: kind.key().to_owned(),
            resource_id: resource_id.to_owned(),
            assigned_at: Some(self.now()),
            assigned_by: Some(actor.email.clone()),
        };
        let audit = Audit::by(actor, "resource_grant.created")
            .on(format!("grant:{}", row.id))
            .with("group_id", row.group_id.as_str())
            .with("resource_type", kind.key())
            .with("resource_id", resource_id);
        let stored = row.clone();
        self.0
            .store
            .write(move |tx| {
                if tx.groups().find(&row.group_id)?.is_none() {
                    return Err(Error::GroupNotFound);
                }
                if tx.grants().find_same(&row.group_id, &row.resource_type, &row.resource_id)?.is_some() {
                    return Err(Error::GrantExists);
                }
                tx.grants().insert(&row)?;
                Ok(tx.audit().record(audit.into())?)
            })
            .await?;
        describe(&self.directory(), &stored).ok_or(Error::GroupNotFound)
    }

    /// Takes a right back; also one of a disabled type.
    ///
    /// # Errors
    /// `admin_required`, `grant_not_found`.
    pub async fn grant_remove(&self, actor: &Actor, id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let audit = Audit::by(actor, "resource_grant.deleted").on(format!("grant:{id}"));
        let id = id.to_owned();
        self.0
            .store
            .write(move |tx| {
                let grant = tx.grants().find(&id)?.ok_or(Error::GrantNotFound)?;
                tx.grants().remove(&id)?;
                let audit = audit
                    .with("group_id", grant.group_id)
                    .with("resource_type", grant.resource_type)
                    .with("resource_id", grant.resource_id);
                Ok(tx.audit().record(audit.into())?)
            })
            .await
    }

    /// The types that can be granted here.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn resource_types(&self, actor: &Actor) -> Result<Vec<ResourceTypeInfo>, Error> {
        policy::admin(actor)?;
        Ok(ResourceType::ALL.iter().filter(|kind| self.is_enabled(**kind)).map(|kind| kind.describe()).collect())
    }

    /// Groups, grants and what can be granted, in one answer.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn access_overview(&self, actor: &Actor) -> Result<AccessOverview, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        let groups = directory
            .groups()
            .iter()
            .map(|group| OverviewGroup {
                id: group.id.clone(),
                name: group.name.clone(),
                description: group.description.clone(),
                is_system: group.is_system,
                member_count: directory.members_of(&group.id).len() as u64,
                grant_count: directory.grants_of(&group.id).len() as u64,
            })
            .collect();
        let grants = directory
            .grants()
            .map(|grant| OverviewGrant {
                id: grant.id.clone(),
                group_id: grant.group_id.clone(),
                resource_type: grant.resource_type.clone(),
                resource_id: grant.resource_id.clone(),
            })
            .collect();
        let resources = ResourceType::ALL
            .iter()
            .filter(|kind| self.is_enabled(**kind))
            .map(|kind| OverviewResources {
                type_key: kind.key().to_owned(),
                type_display: kind.describe().display_name,
                blocks: match kind {
                    ResourceType::Table => table_blocks(&directory),
                    ResourceType::MarketplacePlugin => Vec::new(),
                },
            })
            .collect();
        Ok(AccessOverview { groups, grants, resources })
    }
}

/// Registered tables by bucket; those without one come first.
fn table_blocks(directory: &Directory) -> Vec<OverviewBlock> {
    let mut blocks: BTreeMap<String, Vec<OverviewItem>> = BTreeMap::new();
    for row in directory.tables().iter() {
        let bucket = row.bucket.clone().filter(|bucket| !bucket.is_empty()).unwrap_or_default();
        blocks.entry(bucket).or_default().push(OverviewItem {
            resource_id: row.id.clone(),
            name: row.name.clone(),
            category: row.query_mode.clone(),
            source_type: row.source_type.clone(),
            description: row.description.clone(),
        });
    }
    blocks
        .into_iter()
        .map(|(bucket, items)| {
            let name = if bucket.is_empty() { "(no bucket)".to_owned() } else { bucket };
            OverviewBlock { id: name.clone(), name, items }
        })
        .collect()
}
