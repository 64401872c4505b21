//! May they: the one place that answers.

use agnes_contract::token::Scope;
use agnes_store::{Directory, TableRow};

use crate::actor::{Actor, Proof};
use crate::error::Error;

/// Only members of the group Admin, and the program itself.
///
/// # Errors
/// `admin_required`.
pub fn admin(actor: &Actor) -> Result<(), Error> {
    if actor.is_admin { Ok(()) } else { Err(Error::AdminRequired) }
}

/// Only somebody at a keyboard: a personal access token cannot make further ones.
///
/// # Errors
/// `session_required`.
pub fn interactive(actor: &Actor) -> Result<(), Error> {
    match actor.proof {
        Proof::Token { .. } => Err(Error::SessionRequired),
        Proof::Session { .. } | Proof::Jwt | Proof::System => Ok(()),
    }
}

/// A token limited to scopes may only do what one of them names.
///
/// # Errors
/// `scope_required`.
pub fn scope(actor: &Actor, needed: Scope) -> Result<(), Error> {
    match &actor.proof {
        Proof::Token { scopes: Some(scopes), .. } if !scopes.contains(&needed) => Err(Error::ScopeRequired(needed)),
        _ => Ok(()),
    }
}

/// Whether the caller may read the table with this registry id (for a table without registry row: its name).
///
/// An explicit `none` of the caller's own on a table that is not public wins over what groups hold; a
/// permission on `<bucket>.*` counts for every table of the bucket.
pub(crate) fn may_read(
    actor: &Actor,
    directory: &Directory,
    id: &str,
    row: Option<&TableRow>,
    grants_enforced: bool,
) -> bool {
    if actor.is_admin {
        return true;
    }
    if row.is_some_and(|row| row.is_public) {
        return true;
    }
    let permission = |dataset: &str| {
        directory
            .permissions_of(&actor.user_id)
            .iter()
            .find(|row| row.dataset == dataset)
            .map(|row| row.access != "none")
    };
    if let Some(allowed) = permission(id) {
        return allowed;
    }
    let bucket = row.and_then(|row| row.bucket.as_deref()).filter(|bucket| !bucket.is_empty());
    if bucket.is_some_and(|bucket| permission(&format!("{bucket}.*")) == Some(true)) {
        return true;
    }
    grants_enforced
        && row.is_some()
        && directory.granted_groups("table", id).iter().any(|grant| actor.groups.contains(&grant.group_id))
}
