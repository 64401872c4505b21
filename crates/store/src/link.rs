//! Links that sign somebody in, or let them set a password, once.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Error, Tx,
    sql::{Fields, values},
};

/// How long a link that can no longer be used is kept.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// A link, by the hash of its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkRow {
    /// Lower-case hex SHA-256 of the secret.
    pub token_hash: String,
    /// Whom it signs in.
    pub user_id: String,
    /// What it is for: a link of one purpose is no good for another.
    pub purpose: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

/// The repository of links.
pub struct Links<'t>(pub(crate) &'t Tx<'t>);

impl Links<'_> {
    /// Adds a link, and drops those that have been useless for a week.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the hash exists; those of the database.
    pub fn insert(&self, link: &LinkRow) -> Result<(), Error> {
        let old = values![self.0.now() - KEPT_FOR];
        self.0.execute("drop old links", "DELETE FROM agnes_links WHERE expires_at < ?", old)?;
        let sql = "SELECT count(*) AS n FROM agnes_links WHERE token_hash = ?";
        if self.0.count("find a link", sql, values![&link.token_hash])? > 0 {
            return Err(Error::Duplicate { what: "link" });
        }
        let sql = "
            INSERT INTO agnes_links (token_hash, user_id, purpose, created_at, expires_at, used_at)
            VALUES (?, ?, ?, ?, ?, ?)";
        self.0.execute(
            "insert a link",
            sql,
            values![&link.token_hash, &link.user_id, &link.purpose, link.created_at, link.expires_at, link.used_at],
        )?;
        Ok(())
    }

    /// Uses a link up: the id of its user when it is unused, in time and for this purpose, and never again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn consume(&self, token_hash: &str, purpose: &str, now: DateTime<Utc>) -> Result<Option<String>, Error> {
        let sql = "
            SELECT user_id
              FROM agnes_links
             WHERE token_hash = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?";
        let user = |row: &Fields<'_>| row.text("user_id");
        let Some(user) = self.0.find("find a link", sql, values![token_hash, purpose, now], user)? else {
            return Ok(None);
        };
        self.0.execute(
            "use a link",
            "UPDATE agnes_links SET used_at = ? WHERE token_hash = ?",
            values![now, token_hash],
        )?;
        Ok(Some(user))
    }

    /// Voids all of somebody's links.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remove_user(&self, user_id: &str) -> Result<usize, Error> {
        self.0.execute("remove links", "DELETE FROM agnes_links WHERE user_id = ?", values![user_id])
    }
}
