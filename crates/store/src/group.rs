//! Groups of people.

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
    tx::exactly_one,
};

/// The group whose members administer.
pub const ADMIN: &str = "Admin";
/// The group everybody is in, with or without a row.
pub const EVERYONE: &str = "Everyone";

/// A group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupRow {
    /// Opaque.
    pub id: String,
    /// Unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// One of the two the system needs.
    pub is_system: bool,
    /// Since when it exists.
    pub created_at: Option<DateTime<Utc>>,
    /// An address, or `system:…`.
    pub created_by: Option<String>,
}

/// The repository of groups.
pub struct Groups<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, name, description, is_system, created_at, created_by FROM user_groups ", $rest)
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<GroupRow>, Error> {
    sql::list(connection, "load groups", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, ids: sql::Value) -> Result<Vec<GroupRow>, Error> {
    let sql = select!("WHERE id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load groups", sql, &[ids], read)
}

fn read(row: &Fields<'_>) -> Result<GroupRow, Error> {
    Ok(GroupRow {
        id: row.text("id")?,
        name: row.text("name")?,
        description: row.text_option("description")?,
        is_system: row.flag("is_system")?,
        created_at: row.time_option("created_at")?,
        created_by: row.text_option("created_by")?,
    })
}

impl Groups<'_> {
    /// The group with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, id: &str) -> Result<Option<GroupRow>, Error> {
        self.0.find("find a group", select!("WHERE id = ?"), values![id], read)
    }

    /// The group with exactly this name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_by_name(&self, name: &str) -> Result<Option<GroupRow>, Error> {
        self.0.find("find a group", select!("WHERE name = ?"), values![name], read)
    }

    /// Every group, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<GroupRow>, Error> {
        self.0.list("list groups", select!("ORDER BY name, id"), &[], read)
    }

    /// Adds a group.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the id or the name exists; those of the database.
    pub fn insert(&self, group: &GroupRow) -> Result<(), Error> {
        let sql = "SELECT count(*) AS n FROM user_groups WHERE id = ? OR name = ?";
        if self.0.count("find a group", sql, values![&group.id, &group.name])? > 0 {
            return Err(Error::Duplicate { what: "group" });
        }
        let sql = "
            INSERT INTO user_groups (id, name, description, is_system, created_at, created_by)
            VALUES (?, ?, ?, ?, ?, ?)";
        self.touch(&group.id);
        self.0.execute(
            "insert a group",
            sql,
            values![&group.id, &group.name, &group.description, group.is_system, group.created_at, &group.created_by],
        )?;
        Ok(())
    }

    /// Replaces everything about a group but the id.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when another group has the name, [`Error::Missing`] when none has the id; those of the
    /// database.
    pub fn update(&self, group: &GroupRow) -> Result<(), Error> {
        let sql = "SELECT count(*) AS n FROM user_groups WHERE name = ? AND id <> ?";
        if self.0.count("find a group", sql, values![&group.name, &group.id])? > 0 {
            return Err(Error::Duplicate { what: "group" });
        }
        let sql = "
            UPDATE user_groups
               SET name = ?, description = ?, is_system = ?, created_at = ?, created_by = ?
             WHERE id = ?";
        self.touch(&group.id);
        let changed = self.0.execute(
            "update a group",
            sql,
            values![&group.name, &group.description, group.is_system, group.created_at, &group.created_by, &group.id],
        )?;
        exactly_one(changed, "group")
    }

    /// Removes a group with its members and grants. Answers whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove(&self, id: &str) -> Result<bool, Error> {
        self.0.members().remove_group(id)?;
        self.0.grants().remove_group(id)?;
        self.touch(id);
        Ok(self.0.execute("remove a group", "DELETE FROM user_groups WHERE id = ?", values![id])? > 0)
    }

    fn touch(&self, id: &str) {
        self.0.touched.borrow_mut().groups.insert(id.to_owned());
    }
}
