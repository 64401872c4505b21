//! People: the reference's `users`, and what we know of them beside it in `agnes_users`.

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
    tx::exactly_one,
};

/// A person.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRow {
    /// Opaque.
    pub id: String,
    /// Unique, compared byte for byte.
    pub email: String,
    /// What they are called.
    pub name: Option<String>,
    /// A label without effect.
    pub role: Option<String>,
    /// Argon2 PHC text; none where they sign in elsewhere.
    pub password_hash: Option<String>,
    /// Whether they may sign in at all. An unknown value is no.
    pub active: bool,
    /// Since when not.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// The id of who deactivated them.
    pub deactivated_by: Option<String>,
    /// Since when there is an account.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// When they first signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Session tokens issued before this are void.
    pub tokens_valid_from: Option<DateTime<Utc>>,
}

/// The repository of people.
pub struct Users<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.name, u.role, u.password_hash, u.active, u.deactivated_at, u.deactivated_by,
                    u.created_at, u.updated_at, a.signed_in_at, a.tokens_valid_from
               FROM users u LEFT JOIN agnes_users a ON a.user_id = u.id ",
            $rest
        )
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<UserRow>, Error> {
    sql::list(connection, "load users", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, ids: sql::Value) -> Result<Vec<UserRow>, Error> {
    let sql = select!("WHERE u.id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load users", sql, &[ids], read)
}

fn read(row: &Fields<'_>) -> Result<UserRow, Error> {
    Ok(UserRow {
        id: row.text("id")?,
        email: row.text("email")?,
        name: row.text_option("name")?,
        role: row.text_option("role")?,
        password_hash: row.text_option("password_hash")?,
        active: row.flag("active")?,
        deactivated_at: row.time_option("deactivated_at")?,
        deactivated_by: row.text_option("deactivated_by")?,
        created_at: row.time_option("created_at")?,
        updated_at: row.time_option("updated_at")?,
        signed_in_at: row.time_option("signed_in_at")?,
        tokens_valid_from: row.time_option("tokens_valid_from")?,
    })
}

impl Users<'_> {
    /// The user with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, id: &str) -> Result<Option<UserRow>, Error> {
        self.0.find("find a user", select!("WHERE u.id = ?"), values![id], read)
    }

    /// The user with exactly this address.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_by_email(&self, email: &str) -> Result<Option<UserRow>, Error> {
        self.0.find("find a user", select!("WHERE u.email = ?"), values![email], read)
    }

    /// A user whose address differs at most in case; the first by address where there are several.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find_by_email_ignoring_case(&self, email: &str) -> Result<Option<UserRow>, Error> {
        let sql = select!("WHERE lower(u.email) = lower(?) ORDER BY u.email");
        self.0.find("find a user", sql, values![email], read)
    }

    /// Everybody, by address.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<UserRow>, Error> {
        self.0.list("list users", select!("ORDER BY u.email, u.id"), &[], read)
    }

    /// How many people there are.
    ///
    /// # Errors
    /// Those of the database.
    pub fn count(&self) -> Result<u64, Error> {
        self.0.count("count users", "SELECT count(*) AS n FROM users", &[])
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the id or exactly this address exists; those of the database.
    pub fn insert(&self, user: &UserRow) -> Result<(), Error> {
        let sql = "SELECT count(*) AS n FROM users WHERE id = ? OR email = ?";
        if self.0.count("find a user", sql, values![&user.id, &user.email])? > 0 {
            return Err(Error::Duplicate { what: "user" });
        }
        let sql = "
            INSERT INTO users (id, email, name, role, password_hash, active, deactivated_at, deactivated_by,
                               created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.0.execute(
            "insert a user",
            sql,
            values![
                &user.id,
                &user.email,
                &user.name,
                &user.role,
                &user.password_hash,
                user.active,
                user.deactivated_at,
                &user.deactivated_by,
                user.created_at,
                user.updated_at
            ],
        )?;
        self.keep_beside(user)
    }

    /// Replaces everything about a user but the id.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when somebody else has the address, [`Error::Missing`] when nobody has the id; those of
    /// the database.
    pub fn update(&self, user: &UserRow) -> Result<(), Error> {
        let sql = "SELECT count(*) AS n FROM users WHERE email = ? AND id <> ?";
        if self.0.count("find a user", sql, values![&user.email, &user.id])? > 0 {
            return Err(Error::Duplicate { what: "user" });
        }
        let sql = "
            UPDATE users
               SET email = ?, name = ?, role = ?, password_hash = ?, active = ?, deactivated_at = ?,
                   deactivated_by = ?, created_at = ?, updated_at = ?
             WHERE id = ?";
        let changed = self.0.execute(
            "update a user",
            sql,
            values![
                &user.email,
                &user.name,
                &user.role,
                &user.password_hash,
                user.active,
                user.deactivated_at,
                &user.deactivated_by,
                user.created_at,
                user.updated_at,
                &user.id
            ],
        )?;
        exactly_one(changed, "user")?;
        self.keep_beside(user)
    }

    /// Notes that somebody signed in; the first time is kept. Answers whether this was it.
    ///
    /// # Errors
    /// [`Error::Missing`] when nobody has the id; those of the database.
    pub fn mark_signed_in(&self, id: &str, at: DateTime<Utc>) -> Result<bool, Error> {
        let Some(mut user) = self.find(id)? else { return Err(Error::Missing { what: "user" }) };
        if user.signed_in_at.is_some() {
            return Ok(false);
        }
        user.signed_in_at = Some(at);
        self.keep_beside(&user)?;
        Ok(true)
    }

    /// Removes a user with their memberships, permissions, links, settings and requests. Tokens stay, for the list of
    /// tokens; revoke them in the same use case. Answers whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove(&self, id: &str) -> Result<bool, Error> {
        self.0.members().remove_user(id)?;
        self.0.permissions().remove_user(id)?;
        self.0.links().remove_user(id)?;
        for sql in [
            "DELETE FROM user_sync_settings WHERE user_id = ?",
            "DELETE FROM access_requests WHERE user_id = ?",
            "DELETE FROM agnes_users WHERE user_id = ?",
        ] {
            self.0.execute("remove what belongs to a user", sql, values![id])?;
        }
        self.touch(id);
        Ok(self.0.execute("remove a user", "DELETE FROM users WHERE id = ?", values![id])? > 0)
    }

    fn keep_beside(&self, user: &UserRow) -> Result<(), Error> {
        self.touch(&user.id);
        let sql = "UPDATE agnes_users SET signed_in_at = ?, tokens_valid_from = ? WHERE user_id = ?";
        let values = values![user.signed_in_at, user.tokens_valid_from, &user.id];
        if self.0.execute("note when a user signed in", sql, values)? == 0 {
            let sql = "INSERT INTO agnes_users (signed_in_at, tokens_valid_from, user_id) VALUES (?, ?, ?)";
            self.0.execute("note when a user signed in", sql, values)?;
        }
        Ok(())
    }

    fn touch(&self, id: &str) {
        self.0.touched.borrow_mut().users.insert(id.to_owned());
    }
}
