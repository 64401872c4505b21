//! What every start makes sure of.

use chrono::{DateTime, Utc};
use duckdb::Connection;
use uuid::Uuid;

use crate::{ADMIN, EVERYONE, Error, GroupRow, Tx};

/// The two groups the system needs, in this order. An existing group of the name is only promoted.
pub(crate) fn system_groups(connection: &Connection, now: DateTime<Utc>) -> Result<(), Error> {
    let tx = Tx::new(connection, now);
    for (name, description) in
        [(ADMIN, "Members administer this server."), (EVERYONE, "Everybody with an account is in here.")]
    {
        match tx.groups().find_by_name(name)? {
            Some(group) if group.is_system => {}
            Some(group) => tx.groups().update(&GroupRow { is_system: true, ..group })?,
            None => tx.groups().insert(&GroupRow {
                id: Uuid::new_v4().to_string(),
                name: name.to_owned(),
                description: Some(description.to_owned()),
                is_system: true,
                created_at: Some(now),
                created_by: Some("system:seed".to_owned()),
            })?,
        }
    }
    Ok(())
}
