//! Who is in which group.

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    ADMIN, Error, Tx,
    sql::{self, Fields, values},
};

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    /// Who.
    pub user_id: String,
    /// In which group.
    pub group_id: String,
    /// Why: `admin`, `google_sync`, `system_seed`, `cli_break_glass`.
    pub source: String,
    /// Since when.
    pub added_at: Option<DateTime<Utc>>,
    /// By whom: an address, or a name like `system:…`.
    pub added_by: Option<String>,
}

/// The repository of memberships.
pub struct Members<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT user_id, group_id, source, added_at, added_by FROM user_group_members ", $rest)
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<MemberRow>, Error> {
    sql::list(connection, "load members", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, users: sql::Value) -> Result<Vec<MemberRow>, Error> {
    let sql = select!("WHERE user_id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load members", sql, &[users], read)
}

fn read(row: &Fields<'_>) -> Result<MemberRow, Error> {
    Ok(MemberRow {
        user_id: row.text("user_id")?,
        group_id: row.text("group_id")?,
        source: row.text("source")?,
        added_at: row.time_option("added_at")?,
        added_by: row.text_option("added_by")?,
    })
}

impl Members<'_> {
    /// The membership of a user in a group.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, user_id: &str, group_id: &str) -> Result<Option<MemberRow>, Error> {
        let sql = select!("WHERE user_id = ? AND group_id = ?");
        self.0.find("find a member", sql, values![user_id, group_id], read)
    }

    /// The memberships of a user.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_user(&self, user_id: &str) -> Result<Vec<MemberRow>, Error> {
        self.0.list("list memberships", select!("WHERE user_id = ? ORDER BY group_id"), values![user_id], read)
    }

    /// The members of a group.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list_group(&self, group_id: &str) -> Result<Vec<MemberRow>, Error> {
        self.0.list("list members", select!("WHERE group_id = ? ORDER BY user_id"), values![group_id], read)
    }

    /// How many active people administer, as this transaction would leave it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn active_admin_count(&self) -> Result<u64, Error> {
        let sql = "
            SELECT count(DISTINCT u.id) AS n
              FROM user_group_members m
              JOIN user_groups g ON g.id = m.group_id
              JOIN users u ON u.id = m.user_id
             WHERE g.name = ? AND u.active";
        self.0.count("count admins", sql, values![ADMIN])
    }

    /// Adds somebody to a group. An existing pair stays as it is. Answers whether the pair is new.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such group; those of the database.
    pub fn insert(&self, member: &MemberRow) -> Result<bool, Error> {
        if self.find(&member.user_id, &member.group_id)?.is_some() {
            return Ok(false);
        }
        self.0.groups().find(&member.group_id)?.ok_or(Error::Missing { what: "group" })?;
        let sql = "
            INSERT INTO user_group_members (user_id, group_id, source, added_at, added_by)
            VALUES (?, ?, ?, ?, ?)";
        self.touch(&member.user_id);
        self.0.execute(
            "insert a member",
            sql,
            values![&member.user_id, &member.group_id, &member.source, member.added_at, &member.added_by],
        )?;
        Ok(true)
    }

    /// Takes somebody out of a group. Answers whether they were in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove(&self, user_id: &str, group_id: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM user_group_members WHERE user_id = ? AND group_id = ?";
        self.touch(user_id);
        Ok(self.0.execute("remove a member", sql, values![user_id, group_id])? > 0)
    }

    /// Takes somebody out of every group. Answers out of how many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_user(&self, user_id: &str) -> Result<usize, Error> {
        self.touch(user_id);
        self.0.execute("remove memberships", "DELETE FROM user_group_members WHERE user_id = ?", values![user_id])
    }

    /// Empties a group. Answers how many were in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_group(&self, group_id: &str) -> Result<usize, Error> {
        for member in self.list_group(group_id)? {
            self.touch(&member.user_id);
        }
        self.0.execute("remove members", "DELETE FROM user_group_members WHERE group_id = ?", values![group_id])
    }

    fn touch(&self, user_id: &str) {
        self.0.touched.borrow_mut().members.insert(user_id.to_owned());
    }
}
