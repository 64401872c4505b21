//! How syncs went over time.

use chrono::{DateTime, TimeDelta, Utc};
use duckdb::Connection;

use crate::{
    Error, Tx,
    sql::{self, Fields, values},
};

/// How long the history goes back.
const KEPT_FOR: TimeDelta = TimeDelta::days(90);

/// One sync of a table, or a change of its state.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Opaque.
    pub id: String,
    /// The table's published name.
    pub table_id: String,
    /// When.
    pub synced_at: DateTime<Utc>,
    /// Rows afterwards.
    pub rows: Option<u64>,
    /// How long the connector took, where one ran.
    pub duration_ms: Option<u64>,
    /// `ok` or `error`.
    pub status: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

/// The repository of the history. Rows are added by publishing and by recording attempts.
pub struct SyncHistory<'t>(pub(crate) &'t Tx<'t>);

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, table_id, synced_at, rows, duration_ms, status, error FROM sync_history ", $rest)
    };
}

fn read(row: &Fields<'_>) -> Result<HistoryRow, Error> {
    Ok(HistoryRow {
        id: row.text("id")?,
        table_id: row.text("table_id")?,
        synced_at: row.time("synced_at")?,
        rows: row.count_option("rows")?,
        duration_ms: row.count_option("duration_ms")?,
        status: row.text_option("status")?,
        error: row.text_option("error")?,
    })
}

pub(crate) fn list(connection: &Connection, table: &str, limit: u32) -> Result<Vec<HistoryRow>, Error> {
    let sql = select!("WHERE table_id = ? ORDER BY synced_at DESC, id LIMIT ?");
    sql::list(connection, "list the sync history", sql, values![table, limit], read)
}

impl SyncHistory<'_> {
    /// The history of a table, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self, table: &str, limit: u32) -> Result<Vec<HistoryRow>, Error> {
        let sql = select!("WHERE table_id = ? ORDER BY synced_at DESC, id LIMIT ?");
        self.0.list("list the sync history", sql, values![table, limit], read)
    }

    /// Drops what is older than 90 days.
    ///
    /// # Errors
    /// Those of the database.
    pub fn prune(&self) -> Result<(), Error> {
        let sql = "DELETE FROM sync_history WHERE synced_at < ?";
        self.0.execute("prune the sync history", sql, values![self.0.now() - KEPT_FOR])?;
        Ok(())
    }
}
