//! Personal access tokens.

use chrono::{DateTime, Utc};
use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
};

/// A personal access token. The secret itself is never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRow {
    /// Opaque; the JWT's `jti`.
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// What its owner calls it.
    pub name: String,
    /// Lower-case hex SHA-256 of the JWT.
    pub token_hash: String,
    /// The first 8 hex digits of the id.
    pub prefix: String,
    /// What it may be used for, space separated; none means everything its owner may.
    pub scopes: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when; none is for ever.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to within a minute or so.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From which address.
    pub last_used_ip: Option<String>,
    /// Void since.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The repository of tokens.
pub struct Tokens<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, token_hash, prefix, scopes, created_at, expires_at, last_used_at,
                    last_used_ip, revoked_at
               FROM personal_access_tokens ",
            $rest
        )
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<TokenRow>, Error> {
    sql::list(connection, "load tokens", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, users: sql::Value) -> Result<Vec<TokenRow>, Error> {
    let sql = select!("WHERE user_id IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load tokens", sql, &[users], read)
}

fn read(row: &Fields<'_>) -> Result<TokenRow, Error> {
    Ok(TokenRow {
        id: row.text("id")?,
        user_id: row.text("user_id")?,
        name: row.text("name")?,
        token_hash: row.text("token_hash")?,
        prefix: row.text("prefix")?,
        scopes: row.text_option("scopes")?,
        created_at: row.time("created_at")?,
        expires_at: row.time_option("expires_at")?,
        last_used_at: row.time_option("last_used_at")?,
        last_used_ip: row.text_option("last_used_ip")?,
        revoked_at: row.time_option("revoked_at")?,
    })
}

impl Tokens<'_> {
    /// The token with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(&self, id: &str) -> Result<Option<TokenRow>, Error> {
        self.0.find("find a token", select!("WHERE id = ?"), values![id], read)
    }

    /// Every token, newest first, revoked and expired ones too.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<TokenRow>, Error> {
        self.0.list("list tokens", select!("ORDER BY created_at DESC, id"), &[], read)
    }

    /// Adds a token.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the id exists; those of the database.
    pub fn insert(&self, token: &TokenRow) -> Result<(), Error> {
        if self.find(&token.id)?.is_some() {
            return Err(Error::Duplicate { what: "token" });
        }
        let sql = "
            INSERT INTO personal_access_tokens (id, user_id, name, token_hash, prefix, scopes, created_at, expires_at,
                                                last_used_at, last_used_ip, revoked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        self.touched(&token.user_id);
        self.0.execute(
            "insert a token",
            sql,
            values![
                &token.id,
                &token.user_id,
                &token.name,
                &token.token_hash,
                &token.prefix,
                &token.scopes,
                token.created_at,
                token.expires_at,
                token.last_used_at,
                &token.last_used_ip,
                token.revoked_at
            ],
        )?;
        Ok(())
    }

    /// Voids a token for good; the first time is kept. Answers whether there is such a token.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke(&self, id: &str, at: DateTime<Utc>) -> Result<bool, Error> {
        let Some(token) = self.find(id)? else { return Ok(false) };
        if token.revoked_at.is_none() {
            self.touched(&token.user_id);
            let sql = "UPDATE personal_access_tokens SET revoked_at = ? WHERE id = ?";
            self.0.execute("revoke a token", sql, values![at, id])?;
        }
        Ok(true)
    }

    /// Voids all of somebody's tokens that are not void yet. Answers how many.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revoke_user(&self, user_id: &str, at: DateTime<Utc>) -> Result<usize, Error> {
        self.touched(user_id);
        let sql = "UPDATE personal_access_tokens SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL";
        self.0.execute("revoke tokens", sql, values![at, user_id])
    }

    /// Notes a use; belongs into [`crate::Store::write_volatile`]. An unknown address leaves the last one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn touch(&self, id: &str, at: DateTime<Utc>, ip: Option<&str>) -> Result<(), Error> {
        let Some(token) = self.find(id)? else { return Ok(()) };
        self.touched(&token.user_id);
        let ip = ip.map(str::to_owned).or(token.last_used_ip);
        let sql = "UPDATE personal_access_tokens SET last_used_at = ?, last_used_ip = ? WHERE id = ?";
        self.0.execute("note the use of a token", sql, values![at, ip, id])?;
        Ok(())
    }

    fn touched(&self, user_id: &str) {
        self.0.touched.borrow_mut().tokens.insert(user_id.to_owned());
    }
}
