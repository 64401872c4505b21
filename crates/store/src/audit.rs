//! The audit log: a row in the transaction of the change it records.

use chrono::{DateTime, Utc};
use duckdb::Connection;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
};

/// What is to be recorded. Id and time come with the transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Who acted; for failed sign-ins, the account tried.
    pub user_id: Option<String>,
    /// What they did: `token.create`, `user_group.updated`…
    pub action: String,
    /// To what: `user:<id>`, `grant:<id>`…
    pub resource: Option<String>,
    /// The particulars, never a secret.
    pub params: Option<Json>,
    /// How it went, where that is worth saying.
    pub result: Option<String>,
}

impl AuditEntry {
    /// An entry that says only what was done.
    pub fn new(action: impl Into<String>) -> Self {
        Self { user_id: None, action: action.into(), resource: None, params: None, result: None }
    }

    /// Done by this user.
    #[must_use]
    pub fn by(mut self, user_id: impl Into<String>) -> Self {
        self.user_id = Some(user_id.into());
        self
    }

    /// Done to this.
    #[must_use]
    pub fn on(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// With these particulars.
    #[must_use]
    pub fn with(mut self, params: Json) -> Self {
        self.params = Some(params);
        self
    }

    /// With this outcome.
    #[must_use]
    pub fn result(mut self, result: impl Into<String>) -> Self {
        self.result = Some(result.into());
        self
    }
}

/// A recorded entry.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Opaque.
    pub id: String,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// As in [`AuditEntry`].
    pub user_id: Option<String>,
    /// As in [`AuditEntry`].
    pub action: String,
    /// As in [`AuditEntry`].
    pub resource: Option<String>,
    /// As in [`AuditEntry`].
    pub params: Option<Json>,
    /// As in [`AuditEntry`].
    pub result: Option<String>,
}

/// Which entries to list; what is none does not matter.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Done by this user.
    pub user_id: Option<String>,
    /// Exactly this action.
    pub action: Option<String>,
    /// Done to exactly this.
    pub resource: Option<String>,
}

/// The audit log, to write to.
pub struct Audit<'t>(pub(crate) &'t Tx<'t>);

impl Audit<'_> {
    /// Records an entry.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record(&self, entry: AuditEntry) -> Result<(), Error> {
        let sql = "
            INSERT INTO audit_log (id, timestamp, user_id, action, resource, params, result)
            VALUES (?, ?, ?, ?, ?, ?, ?)";
        self.0.execute(
            "write the audit log",
            sql,
            values![
                Uuid::new_v4().to_string(),
                self.0.now(),
                entry.user_id,
                entry.action,
                entry.resource,
                entry.params.as_ref(),
                entry.result
            ],
        )?;
        Ok(())
    }
}

pub(crate) fn list(connection: &Connection, limit: u32, filter: &AuditFilter) -> Result<Vec<AuditRow>, Error> {
    let sql = "
        SELECT id, timestamp, user_id, action, resource, CAST(params AS VARCHAR) AS params, result
          FROM audit_log
         WHERE (CAST(? AS VARCHAR) IS NULL OR user_id = ?)
           AND (CAST(? AS VARCHAR) IS NULL OR action = ?)
           AND (CAST(? AS VARCHAR) IS NULL OR resource = ?)
         ORDER BY timestamp DESC, id
         LIMIT ?";
    let AuditFilter { user_id, action, resource } = filter;
    sql::list(
        connection,
        "list the audit log",
        sql,
        values![user_id, user_id, action, action, resource, resource, limit],
        read,
    )
}

fn read(row: &Fields<'_>) -> Result<AuditRow, Error> {
    Ok(AuditRow {
        id: row.text("id")?,
        timestamp: row.time("timestamp")?,
        user_id: row.text_option("user_id")?,
        action: row.text("action")?,
        resource: row.text_option("resource")?,
        params: row.json_option("params")?,
        result: row.text_option("result")?,
    })
}
