//! People: list, invite, change, switch off, remove.

use agnes_contract::user::{NewPassword, NewUser, User, UserChanges, UserGroup};
use agnes_store::MemberRow;
use agnes_store::UserRow;
use agnes_store::{Directory, Tx};
use chrono::{DateTime, Utc};

use crate::actor::Actor;
use crate::audit::Audit;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

const ROLES: [&str; 5] = ["viewer", "analyst", "km_admin", "admin", "user"];

/// What a new account begins with.
pub(crate) struct NewRow {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) password_hash: Option<String>,
}

/// Inserts an account and its membership in Everyone.
pub(crate) fn insert(tx: &Tx<'_>, new: NewRow, now: DateTime<Utc>) -> Result<(), Error> {
    tx.users().insert(&UserRow {
        id: new.id.clone(),
        email: new.email,
        name: Some(new.name),
        role: Some(new.role),
        password_hash: new.password_hash,
        active: true,
        deactivated_at: None,
        deactivated_by: None,
        created_at: Some(now),
        updated_at: Some(now),
        signed_in_at: None,
        tokens_valid_from: None,
    })?;
    if let Some(everyone) = tx.groups().find_by_name(agnes_store::EVERYONE)? {
        tx.members().insert(&MemberRow {
            user_id: new.id,
            group_id: everyone.id,
            source: "system_seed".to_owned(),
            added_at: Some(now),
            added_by: Some("system:seed".to_owned()),
        })?;
    }
    Ok(())
}

/// Trimmed, with one `@` between a name and a domain, without blanks or control characters.
pub(crate) fn valid_email(text: &str) -> Result<String, Error> {
    let email = text.trim();
    let parts =
        email.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'));
    let clean = !email.chars().any(|character| character.is_whitespace() || character.is_control());
    // 254 bytes is the longest address SMTP can carry (RFC 5321, 4.5.3.1.3 less the brackets).
    match parts {
        Some(_) if clean && email.len() <= 254 => Ok(email.to_owned()),
        _ => Err(Error::InvalidEmail(email.chars().take(254).collect())),
    }
}

pub(crate) fn check_new_password(password: &str) -> Result<(), Error> {
    match password.len() {
        0..8 => Err(Error::PasswordTooShort),
        8..=1024 => Ok(()),
        _ => Err(Error::PasswordTooLong),
    }
}

/// What tokens and sign-in answers call somebody; never empty. Decides nothing.
pub(crate) fn role_label(directory: &Directory, user: &UserRow) -> String {
    if directory.is_admin(&user.id) {
        return "admin".to_owned();
    }
    match user.role.as_deref() {
        // The label outlives the membership; it must not look like a right.
        Some("admin" | "") | None => "user".to_owned(),
        Some(role) => role.to_owned(),
    }
}

pub(crate) fn describe(directory: &Directory, user: &UserRow) -> User {
    let is_admin = directory.is_admin(&user.id);
    let mut groups: Vec<UserGroup> = directory
        .memberships_of(&user.id)
        .iter()
        .filter_map(|member| directory.group(&member.group_id))
        .map(|group| UserGroup { id: group.id.clone(), name: group.name.clone(), is_system: group.is_system })
        .collect();
    groups.sort_by(|left, right| (!left.is_system, &left.name).cmp(&(!right.is_system, &right.name)));
    User {
        id: user.id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        role: if is_admin { "admin" } else { "user" }.to_owned(),
        is_admin,
        groups,
        active: user.active,
        created_at: user.created_at,
        deactivated_at: user.deactivated_at,
        invite_url: None,
        invite_email_sent: None,
    }
}

/// At least one active admin afterwards: asked inside the transaction of every change that could leave none,
/// so that two admins cannot remove each other at the same moment.
pub(crate) fn require_active_admin(tx: &Tx<'_>, doing: &'static str) -> Result<(), Error> {
    if tx.members().active_admin_count()? == 0 { Err(Error::LastAdmin(doing)) } else { Ok(()) }
}

fn is_active_admin(tx: &Tx<'_>, user: &UserRow) -> Result<bool, Error> {
    if !user.active {
        return Ok(false);
    }
    let admin = tx.groups().find_by_name(agnes_store::ADMIN)?;
    Ok(admin.is_some_and(|group| matches!(tx.members().find(&user.id, &group.id), Ok(Some(_)))))
}

impl Service {
    /// Everybody, by address.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn user_list(&self, actor: &Actor) -> Result<Vec<User>, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        Ok(directory.users().iter().map(|user| describe(&directory, user)).collect())
    }

    /// One person.
    ///
    /// # Errors
    /// `admin_required`, `user_not_found`.
    pub async fn user_find(&self, actor: &Actor, id: &str) -> Result<User, Error> {
        policy::admin(actor)?;
        let directory = self.directory();
        let user = directory.user(id).ok_or(Error::UserNotFound)?;
        Ok(describe(&directory, user))
    }

    /// Makes an account.
    ///
    /// # Errors
    /// `admin_required`, `invalid_email`, `invalid_name`, `user_exists`.
    pub async fn user_create(&self, actor: &Actor, new: NewUser) -> Result<User, Error> {
        policy::admin(actor)?;
        let email = valid_email(&new.email)?;
        let role = new.role.trim().to_lowercase();
        if !ROLES.contains(&role.as_str()) {
            return Err(Error::InvalidRole(new.role));
        }
        let (now, id) = (self.now(), uuid::Uuid::new_v4().to_string());
        let audit = Audit::by(actor, "user.create")
            .on(format!("user:{id}"))
            .with("email", email.as_str())
            .with("role", role.as_str());
        let by = actor.email.clone();
        let new_id = id.clone();
        self.0
            .store
            .write(move |tx| {
                if tx.users().find_by_email_ignoring_case(&email)?.is_some() {
                    return Err(Error::UserExists);
                }
                let makes_admin = role == "admin";
                let row =
                    NewRow { id: new_id.clone(), email, name: new.name.trim().to_owned(), role, password_hash: None };
                insert(tx, row, now)?;
                if makes_admin {
                    set_admin(tx, &new_id, true, &by, now)?;
                }
                Ok(tx.audit().record(audit.into())?)
            })
            .await?;
        self.user_find(actor, &id).await
    }

    /// Changes name, role or whether the account works.
    ///
    /// # Errors
    /// `admin_required`, `user_not_found`, `invalid_name`, `not_yourself`, `last_admin`.
    pub async fn user_update(&self, actor: &Actor, id: &str, changes: UserChanges) -> Result<User, Error> {
        policy::admin(actor)?;
        if let Some(role) = &changes.role
            && !role.is_empty()
            && !ROLES.contains(&role.to_lowercase().as_str())
        {
            return Err(Error::InvalidRole(role.clone()));
        }
        let (now, actor_id, by) = (self.now(), actor.user_id.clone(), actor.email.clone());
        let (update, membership) = (Audit::by(actor, "user.update"), Audit::by(actor, "user_group.member_changed"));
        let user_id = id.to_owned();
        self.0
            .store
            .write(move |tx| {
                let mut user = tx.users().find(&user_id)?.ok_or(Error::UserNotFound)?;
                let mut audit = update.on(format!("user:{user_id}"));
                let was_active_admin = is_active_admin(tx, &user)?;
                let mut changed = false;
                if let Some(name) = changes.name {
                    audit = audit.with("name", name.as_str());
                    user.name = Some(name);
                    changed = true;
                }
                if let Some(active) = changes.active {
                    if !active && user_id == actor_id {
                        return Err(Error::NotYourself("deactivate"));
                    }
                    audit = audit.with("active", active);
                    user.active = active;
                    user.deactivated_at = (!active).then_some(now);
                    user.deactivated_by = (!active).then(|| actor_id.clone());
                    changed = true;
                }
                if let Some(role) = changes.role {
                    audit = audit.with("role", role.as_str());
                    let wants_admin = role.eq_ignore_ascii_case("admin");
                    if set_admin(tx, &user_id, wants_admin, &by, now)? {
                        let group_audit = membership.on(format!("user:{user_id}")).with("admin", wants_admin);
                        tx.audit().record(group_audit.into())?;
                    }
                    user.role = Some(role);
                    changed = true;
                }
                if !changed {
                    return Ok(());
                }
                user.updated_at = Some(now);
                tx.users().update(&user)?;
                if was_active_admin {
                    require_active_admin(tx, if user.active { "demote" } else { "deactivate" })?;
                }
                Ok(tx.audit().record(audit.into())?)
            })
            .await?;
        if self.directory().user(id).is_some_and(|user| !user.active) {
            self.0.store.sessions().remove_user(id, self.now()).await?;
        }
        self.user_find(actor, id).await
    }

    /// Removes an account with its memberships, permissions and sessions, and revokes its tokens.
    ///
    /// # Errors
    /// `admin_required`, `user_not_found`, `not_yourself`, `last_admin`.
    pub async fn user_remove(&self, actor: &Actor, id: &str) -> Result<(), Error> {
        policy::admin(actor)?;
        let (now, actor_id, user_id) = (self.now(), actor.user_id.clone(), id.to_owned());
        let audit = Audit::by(actor, "user.delete").on(format!("user:{id}"));
        self.0
            .store
            .write(move |tx| {
                let user = tx.users().find(&user_id)?.ok_or(Error::UserNotFound)?;
                if user_id == actor_id {
                    return Err(Error::NotYourself("delete"));
                }
                let was_active_admin = is_active_admin(tx, &user)?;
                tx.members().remove_user(&user_id)?;
                tx.permissions().remove_user(&user_id)?;
                tx.tokens().revoke_user(&user_id, now)?;
                tx.users().remove(&user_id)?;
                if was_active_admin {
                    require_active_admin(tx, "delete")?;
                }
                Ok::<_, Error>(tx.audit().record(audit.with("email", user.email).into())?)
            })
            .await?;
        self.0.store.sessions().remove_user(id, self.now()).await?;
        Ok(())
    }

    /// Sets somebody's password and ends what they signed in with the old one.
    ///
    /// # Errors
    /// `admin_required`, `invalid_password`, `user_not_found`.
    pub async fn user_set_password(&self, actor: &Actor, id: &str, new: NewPassword) -> Result<(), Error> {
        policy::admin(actor)?;
        check_new_password(&new.password)?;
        if self.directory().user(id).is_none() {
            return Err(Error::UserNotFound);
        }
        let hash = self.0.passwords.hash(&new.password).await.map_err(Error::during("hash a password"))?;
        let (now, user_id) = (self.now(), id.to_owned());
        let audit = Audit::by(actor, "user.set_password").on(format!("user:{id}"));
        self.0
            .store
            .write(move |tx| {
                let mut user = tx.users().find(&user_id)?.ok_or(Error::UserNotFound)?;
                user.password_hash = Some(hash);
                user.updated_at = Some(now);
                user.tokens_valid_from = Some(now);
                tx.users().update(&user)?;
                Ok::<_, Error>(tx.audit().record(audit.with("email", user.email).into())?)
            })
            .await?;
        self.0.store.sessions().remove_user(id, self.now()).await?;
        Ok(())
    }
}

/// Puts somebody into the group Admin or takes them out, whatever put them in. Whether anything changed.
fn set_admin(tx: &Tx<'_>, user_id: &str, admin: bool, by: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let Some(group) = tx.groups().find_by_name(agnes_store::ADMIN)? else { return Ok(false) };
    if !admin {
        return Ok(tx.members().remove(user_id, &group.id)?);
    }
    Ok(tx.members().insert(&MemberRow {
        user_id: user_id.to_owned(),
        group_id: group.id,
        source: "admin".to_owned(),
        added_at: Some(now),
        added_by: Some(by.to_owned()),
    })?)
}

#[cfg(test)]
mod tests {
    use super::valid_email;

    #[test]
    fn addresses_are_trimmed_and_must_look_like_one() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(valid_email(text).ok().as_deref(), expected, "{text:?}");
        check(" a@b.cz ", Some("a@b.cz"));
        check("a+b@localhost", Some("a+b@localhost"));
        for text in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n@c", "a\u{0}@b"] {
            check(text, None);
        }
    }
}
