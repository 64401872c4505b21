//! Groups: make, rename, remove, and who is in them.

use agnes_contract::group::{Group, GroupChanges, Member, NewGroup, NewMember};
use agnes_store::Directory;
use agnes_store::GroupRow;
use agnes_store::MemberRow;

use crate::actor::Actor;
use crate::audit::Audit;
use crate::error::Error;
use crate::service::Service;
use crate::{membership, policy};

fn origin(group: &GroupRow) -> &'static str {
    match group.created_by.as_deref() {
        _ if group.is_system => "system",
        Some(by) if by.starts_with("system:google") => "google_sync",
        Some(by) if by.starts_with("system:") => "system",
        _ => "admin",
    }
}

fn describe(directory: &Directory, group: &GroupRow) -> Group {
    Group {
        id: group.id.clone(),
        name: group.name.clone(),
        description: group.description.clone(),
        is_system: group.is_system,
        origin: origin(group).to_owned(),
        created_at: group.created_at,
        created_by: group.created_by.clone(),
        member_count: directory.members_of(&group.id).len() as u64,
        grant_count: directory.grants_of(&group.id).len() as u64,
    }
}

fn describe_member(directory: &Directory, member: &MemberRow) -> Option<Member> {
    let user = directory.user(&member.user_id)?;
    Some(Member {
        user_id: user.id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        active: user.active,
        source: member.source.clone(),
        added_at: member.added_at,
        added_by: member.added_by.clone(),
    })
}

fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::Blank("Group name")),
        1..=200 if !name.chars().any(char::is_control) => Ok(name.to_owned()),
        _ => Err(Error::InvalidName("Group name must be at most 200 characters without control characters".to_owned())),
    }
}

impl Service {
    /// Every group, by name.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn group_list(&self, actor: &Actor) -> Result<Vec<Group>, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        Ok(directory.groups().iter().map(|group| describe(&directory, group)).collect())
    }

    /// One group.
    ///
    /// # Errors
    /// `admin_required`, `group_not_found`.
    pub async fn group_find(&self, actor: &Actor, id: &str) -> Result<Group, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        directory.group(id).map(|group| describe(&directory, group)).ok_or(Error::GroupNotFound)
    }

    /// Makes a group.
    ///
    /// # Errors
    /// `admin_required`, `blank`, `invalid_name`, `group_exists`.
    pub async fn group_create(&self, actor: &Actor, new: NewGroup) -> Result<Group, Error> {
        policy::admin(actor)?;
        let name = valid_name(&new.name)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let row = GroupRow {
            id: id.clone(),
            name,
            description: new.description,
            is_system: false,
            created_at: Some(self.now()),
            created_by: Some(actor.email.clone()),
        };
        let audit = Audit::by(actor, "user_group.created").on(format!("group:{id}")).with("name", row.name.as_str());
        self.0
            .store
            .write(move |tx| {
                if tx.groups().find_by_name(&row.name)?.is_some() {
                    return Err(Error::GroupExists(row.name));
                }
                tx.groups().insert(&row)?;
                Ok(tx.audit().record(audit.into())?)
            })
            .await?;
        self.group_find(actor, &id).await
    }

    /// Renames a group or describes it anew.
    ///
    /// # Errors
    /// `admin_required`, `group_not_found`, `system_group`, `blank`, `group_exists`.
    pub async fn group_update(&self, actor: &Actor, id: &str, changes: GroupChanges) -> Result<Group, Error> {
        policy::admin(actor)?;
        let name = changes.name.as_deref().map(valid_name).transpose()?;
        let audit = Audit::by(actor, "user_group.updated").on(format!("group:{id}"));
        let group_id = id.to_owned();
        self.0
            .store
            .write(move |tx| {
                let mut group = tx.groups().find(&group_id)?.ok_or(Error::GroupNotFound)?;
                let mut audit = audit;
                let mut changed = false;
                if let Some(name) = name
                    && name != group.name
                {
                    if group.is_system {
                        return Err(Error::SystemGroupRename);
                    }
                    if tx.groups().find_by_name(&name)?.is_some() {
                        return Err(Error::GroupExists(name));
                    }
                    audit = audit.with("name", name.as_str()).with("before", group.name.as_str());
                    group.name = name;
                    changed = true;
                }
                if let Some(description) = changes.description
                    && group.description.as_deref() != Some(&description)
                {
                    audit = audit.with("description", description.as_str());
                    group.description = Some(description);
                    changed = true;
                }
                if !changed {
                    return Ok(());
                }
                tx.groups().update(&group)?;
                Ok(tx.audit().record(audit.into())?)
            })
            .await?;
        self.group_find(actor, id).await
    }

    /// Removes a group with its memberships and grants.
    ///
    /// # Errors
    /// `admin_required`, `group_not_found`, `system_group`.
    pub async fn group_remove(&self, actor: &Actor, id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let audit = Audit::by(actor, "user_group.deleted").on(format!("group:{id}"));
        let group_id = id.to_owned();
        self.0
            .store
            .write(move |tx| {
                let group = tx.groups().find(&group_id)?.ok_or(Error::GroupNotFound)?;
                if group.is_system {
                    return Err(Error::SystemGroupRemove);
                }
                tx.members().remove_group(&group_id)?;
                tx.grants().remove_group(&group_id)?;
                tx.groups().remove(&group_id)?;
                Ok(tx.audit().record(audit.with("name", group.name).into())?)
            })
            .await
    }

    /// Who is in a group, by address.
    ///
    /// # Errors
    /// `admin_required`, `group_not_found`.
    pub async fn group_members(&self, actor: &Actor, id: &str) -> Result<Vec<Member>, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        if directory.group(id).is_none() {
            return Err(Error::GroupNotFound);
        }
        let mut members: Vec<Member> =
            directory.members_of(id).iter().filter_map(|member| describe_member(&directory, member)).collect();
        members.sort_by(|left, right| left.email.cmp(&right.email));
        Ok(members)
    }

    /// Puts somebody into a group, by address.
    ///
    /// # Errors
    /// `admin_required`, `group_not_found`, `user_not_found`, `already_member`.
    pub async fn group_member_add(&self, actor: &Actor, id: &str, new: NewMember) -> Result<Member, Error> {
        policy::admin(actor)?;
        let audit = Audit::by(actor, "user_group.member_added")
            .on(format!("group:{id}"))
            .with("user_email", new.email.as_str());
        let row = MemberRow {
            user_id: String::new(),
            group_id: id.to_owned(),
            source: "admin".to_owned(),
            added_at: Some(self.now()),
            added_by: Some(actor.email.clone()),
        };
        let row = self
            .0
            .store
            .write(move |tx| {
                if tx.groups().find(&row.group_id)?.is_none() {
                    return Err(Error::GroupNotFound);
                }
                let Some(user) = tx.users().find_by_email(new.email.trim())? else {
                    return Err(Error::AddressNotFound(new.email));
                };
                let row = MemberRow { user_id: user.id, ..row };
                if !tx.members().insert(&row)? {
                    return Err(Error::AlreadyMember);
                }
                tx.audit().record(audit.into())?;
                Ok(row)
            })
            .await?;
        describe_member(&self.directory(), &row).ok_or(Error::UserNotFound)
    }

    /// Takes somebody out of a group.
    ///
    /// # Errors
    /// `admin_required`, `group_not_found`, `membership_not_found`, `last_admin`.
    pub async fn group_member_remove(&self, actor: &Actor, id: &str, user_id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let audit = Audit::by(actor, "user_group.member_removed").on(format!("group:{id}")).with("user_id", user_id);
        let (group_id, user_id) = (id.to_owned(), user_id.to_owned());
        self.0
            .store
            .write(move |tx| {
                if tx.groups().find(&group_id)?.is_none() {
                    return Err(Error::GroupNotFound);
                }
                membership::remove(tx, &user_id, &group_id)?;
                Ok(tx.audit().record(audit.into())?)
            })
            .await
    }
}
