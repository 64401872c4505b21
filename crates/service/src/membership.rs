//! The groups one person is in, and what they may use through them.

use std::collections::BTreeMap;

use agnes_contract::access::{AccessItem, EffectiveAccess, ViaGroup};
use agnes_contract::group::{Membership, NewMembership};
use agnes_store::MemberRow;
use agnes_store::{Directory, Tx};

use crate::actor::Actor;
use crate::audit::Audit;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

/// Takes somebody out of a group, when an admin put them in. Never the last active admin out of Admin.
pub(crate) fn remove(tx: &Tx<'_>, user_id: &str, group_id: &str) -> Result<(), Error> {
    let row = tx.members().find(user_id, group_id)?.ok_or(Error::MembershipNotFound)?;
    let group = tx.groups().find(group_id)?.ok_or(Error::GroupNotFound)?;
    let from_admin = group.is_system && group.name == agnes_store::ADMIN;
    let active = tx.users().find(user_id)?.is_some_and(|user| user.active);
    if from_admin && active && tx.members().active_admin_count()? <= 1 {
        return Err(Error::LastAdminLeaves);
    }
    if row.source != "admin" {
        return Err(Error::MembershipNotFound);
    }
    tx.members().remove(user_id, group_id)?;
    Ok(())
}

fn describe(directory: &Directory, member: &MemberRow) -> Option<Membership> {
    let group = directory.group(&member.group_id)?;
    Some(Membership {
        group_id: group.id.clone(),
        group_name: group.name.clone(),
        is_system: group.is_system,
        source: member.source.clone(),
        added_at: member.added_at,
        added_by: member.added_by.clone(),
    })
}

/// What somebody may use through grants, Everyone's included.
fn effective(directory: &Directory, user_id: &str) -> EffectiveAccess {
    if directory.is_admin(user_id) {
        return EffectiveAccess { is_admin: true, items: Vec::new() };
    }
    let mut groups: Vec<&str> =
        directory.memberships_of(user_id).iter().map(|member| member.group_id.as_str()).collect();
    if let Some(everyone) = directory.everyone_group_id()
        && !groups.contains(&everyone)
    {
        groups.push(everyone);
    }
    let mut items: BTreeMap<(String, String), Vec<ViaGroup>> = BTreeMap::new();
    for group in groups.iter().filter_map(|id| directory.group(id)) {
        for grant in directory.grants_of(&group.id) {
            items
                .entry((grant.resource_type.clone(), grant.resource_id.clone()))
                .or_default()
                .push(ViaGroup { group_id: group.id.clone(), group_name: group.name.clone() });
        }
    }
    let items = items
        .into_iter()
        .map(|((resource_type, resource_id), mut via_groups)| {
            via_groups.sort_by(|left, right| left.group_name.cmp(&right.group_name));
            AccessItem { resource_type, resource_id, via_groups }
        })
        .collect();
    EffectiveAccess { is_admin: false, items }
}

impl Service {
    /// The groups somebody is in, system groups first, then by name.
    ///
    /// # Errors
    /// `admin_required`, `user_not_found`.
    pub async fn user_memberships(&self, actor: &Actor, id: &str) -> Result<Vec<Membership>, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        if directory.user(id).is_none() {
            return Err(Error::UserNotFound);
        }
        let mut memberships: Vec<Membership> =
            directory.memberships_of(id).iter().filter_map(|member| describe(&directory, member)).collect();
        memberships
            .sort_by(|left, right| (!left.is_system, &left.group_name).cmp(&(!right.is_system, &right.group_name)));
        Ok(memberships)
    }

    /// Puts somebody into a group, by the group's id.
    ///
    /// # Errors
    /// `admin_required`, `user_not_found`, `group_not_found`, `already_member`.
    pub async fn user_membership_add(&self, actor: &Actor, id: &str, new: NewMembership) -> Result<Membership, Error> {
        policy::admin(actor)?;
        let row = MemberRow {
            user_id: id.to_owned(),
            group_id: new.group_id,
            source: "admin".to_owned(),
            added_at: Some(self.now()),
            added_by: Some(actor.email.clone()),
        };
        let audit = Audit::by(actor, "user_group.member_added").on(format!("user:{id}"));
        let row = self
            .0
            .store
            .write(move |tx| {
                if tx.users().find(&row.user_id)?.is_none() {
                    return Err(Error::UserNotFound);
                }
                let group = tx.groups().find(&row.group_id)?.ok_or(Error::GroupNotFound)?;
                if !tx.members().insert(&row)? {
                    return Err(Error::AlreadyInGroup);
                }
                let audit = audit.with("group_id", group.id).with("group_name", group.name);
                tx.audit().record(audit.into())?;
                Ok(row)
            })
            .await?;
        describe(&self.directory(), &row).ok_or(Error::GroupNotFound)
    }

    /// Takes somebody out of a group.
    ///
    /// # Errors
    /// `admin_required`, `membership_not_found`, `last_admin`.
    pub async fn user_membership_remove(&self, actor: &Actor, id: &str, group_id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let audit = Audit::by(actor, "user_group.member_removed").on(format!("user:{id}")).with("group_id", group_id);
        let (user_id, group_id) = (id.to_owned(), group_id.to_owned());
        self.0
            .store
            .write(move |tx| {
                let name = tx.groups().find(&group_id)?.map(|group| group.name);
                remove(tx, &user_id, &group_id)?;
                Ok(tx.audit().record(audit.with("group_name", name).into())?)
            })
            .await
    }

    /// What somebody may use through grants.
    ///
    /// # Errors
    /// `admin_required`, `user_not_found`.
    pub async fn user_effective_access(&self, actor: &Actor, id: &str) -> Result<EffectiveAccess, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        if directory.user(id).is_none() {
            return Err(Error::UserNotFound);
        }
        Ok(effective(&directory, id))
    }

    /// What the caller may use through grants.
    ///
    /// # Errors
    /// None today.
    pub async fn my_effective_access(&self, actor: &Actor) -> Result<EffectiveAccess, Error> {
        Ok(effective(&self.directory(), &actor.user_id))
    }
}
