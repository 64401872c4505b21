//! What a group may use.

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
};

/// A right a group holds.
#[derive(Clone, Debug, PartialEq)]
pub struct GrantRow {
    /// Opaque.
    pub id: String,
    /// Which group.
    pub group_id: String,
    /// `table`, `marketplace_plugin`.
    pub resource_type: String,
    /// Which resource; it need not exist yet.
    pub resource_id: String,
    /// Since when.
    pub assigned_at: Option<DateTime<Utc>>,
    /// By whom.
    pub assigned_by: Option<String>,
}

/// The repository of grants.
pub struct Grants<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, group_id, resource_type, resource_id, assigned_at, assigned_by FROM resource_grants ",
            $rest
        )
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<GrantRow>, Error> {
    sql::list(connection, "load grants", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, groups: sql::Value) -> Result<Vec<GrantRow>, Error> {
    let sql = select!("WHERE group_id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load grants", sql, &[groups], read)
}

fn read(row: &Fields<'_>) -> Result<GrantRow, Error> {
    Ok(GrantRow {
        id: row.text("id")?,
        group_id: row.text("group_id")?,
        resource_type: row.text("resource_type")?,
        resource_id: row.text("resource_id")?,
        assigned_at: row.time_option("assigned_at")?,
        assigned_by: row.text_option("assigned_by")?,
    })
}

impl Grants<'_> {
    /// The grant with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, id: &str) -> Result<Option<GrantRow>, Error> {
        self.0.find("find a grant", select!("WHERE id = ?"), values![id], read)
    }

    /// The grant of this resource to this group.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_same(&self, group_id: &str, resource_type: &str, resource_id: &str) -> Result<Option<GrantRow>, Error> {
        let sql = select!("WHERE group_id = ? AND resource_type = ? AND resource_id = ?");
        self.0.find("find a grant", sql, values![group_id, resource_type, resource_id], read)
    }

    /// Every grant, by group, type and resource.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<GrantRow>, Error> {
        self.0.list("list grants", select!("ORDER BY group_id, resource_type, resource_id"), &[], read)
    }

    /// Gives a group a right.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the id exists or the group holds it already, [`Error::Missing`] when there is no such
    /// group; those of the database.
    pub fn insert(&self, grant: &GrantRow) -> Result<(), Error> {
        let same = self.find_same(&grant.group_id, &grant.resource_type, &grant.resource_id)?;
        if same.is_some() || self.find(&grant.id)?.is_some() {
            return Err(Error::Duplicate { what: "grant" });
        }
        self.0.groups().find(&grant.group_id)?.ok_or(Error::Missing { what: "group" })?;
        let sql = "
            INSERT INTO resource_grants (id, group_id, resource_type, resource_id, assigned_at, assigned_by)
            VALUES (?, ?, ?, ?, ?, ?)";
        self.touch(&grant.group_id);
        self.0.execute(
            "insert a grant",
            sql,
            values![
                &grant.id,
                &grant.group_id,
                &grant.resource_type,
                &grant.resource_id,
                grant.assigned_at,
                &grant.assigned_by
            ],
        )?;
        Ok(())
    }

    /// Takes a right away. Answers the grant there was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove(&self, id: &str) -> Result<Option<GrantRow>, Error> {
        let Some(grant) = self.find(id)? else { return Ok(None) };
        self.touch(&grant.group_id);
        self.0.execute("remove a grant", "DELETE FROM resource_grants WHERE id = ?", values![id])?;
        Ok(Some(grant))
    }

    /// Takes the right to a resource away from every group. Answers from how many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_resource(&self, resource_type: &str, resource_id: &str) -> Result<usize, Error> {
        let held = select!("WHERE resource_type = ? AND resource_id = ?");
        for grant in self.0.list("list grants", held, values![resource_type, resource_id], read)? {
            self.touch(&grant.group_id);
        }
        let sql = "DELETE FROM resource_grants WHERE resource_type = ? AND resource_id = ?";
        self.0.execute("remove grants", sql, values![resource_type, resource_id])
    }

    /// Takes every right away from a group. Answers how many it held.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_group(&self, group_id: &str) -> Result<usize, Error> {
        self.touch(group_id);
        self.0.execute("remove grants", "DELETE FROM resource_grants WHERE group_id = ?", values![group_id])
    }

    fn touch(&self, group_id: &str) {
        self.0.touched.borrow_mut().grants.insert(group_id.to_owned());
    }
}
