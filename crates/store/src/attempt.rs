//! How the last attempt to publish a table went, and when one last succeeded.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use duckdb::Connection;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Error, Tx,
    sql::{self, Fields, json, values},
};

/// The last attempt to publish a table.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRow {
    /// The table's published name.
    pub table_name: String,
    /// The source it was tried from.
    pub source: String,
    /// `ok` or `error`.
    pub state: String,
    /// What went wrong, for admins.
    pub error: Option<String>,
    /// Rows found.
    pub rows: u64,
    /// Bytes found.
    pub bytes: u64,
    /// Rows that could not be read and were left out.
    pub bad_rows: u64,
    /// How long the connector took; none when only published again what was there.
    pub duration_ms: Option<u64>,
    /// When.
    pub attempted_at: DateTime<Utc>,
    /// The last success; none in a new row keeps the one on record.
    pub succeeded_at: Option<DateTime<Utc>>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT table_name, source, state, error, rows, bytes, bad_rows, duration_ms, attempted_at, succeeded_at
               FROM agnes_attempts ",
            $rest
        )
    };
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<AttemptRow>, Error> {
    sql::list(connection, "load attempts", select!(""), &[], read)
}

pub(crate) fn load_some(connection: &Connection, names: sql::Value) -> Result<Vec<AttemptRow>, Error> {
    let sql = select!("WHERE lower(table_name) IN (SELECT unnest(CAST(CAST(? AS JSON) AS VARCHAR[])))");
    sql::list(connection, "load attempts", sql, &[names], read)
}

fn read(row: &Fields<'_>) -> Result<AttemptRow, Error> {
    Ok(AttemptRow {
        table_name: row.text("table_name")?,
        source: row.text("source")?,
        state: row.text("state")?,
        error: row.text_option("error")?,
        rows: row.count("rows")?,
        bytes: row.count("bytes")?,
        bad_rows: row.count("bad_rows")?,
        duration_ms: row.count_option("duration_ms")?,
        attempted_at: row.time("attempted_at")?,
        succeeded_at: row.time_option("succeeded_at")?,
    })
}

#[derive(Serialize)]
struct Packed<'r> {
    table_name: &'r str,
    source: &'r str,
    state: &'r str,
    error: Option<&'r str>,
    rows: u64,
    bytes: u64,
    bad_rows: u64,
    duration_ms: Option<u64>,
    attempted_at: i64,
    succeeded_at: Option<i64>,
    history_id: &'r str,
}

/// The attempts in `$1`, for statements that unpack them.
macro_rules! packed {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT r ->> 'table_name' AS table_name, r ->> 'source' AS source, r ->> 'state' AS state,
                     r ->> 'error' AS error, CAST(r ->> 'rows' AS BIGINT) AS rows,
                     CAST(r ->> 'bytes' AS BIGINT) AS bytes, CAST(r ->> 'bad_rows' AS BIGINT) AS bad_rows,
                     CAST(r ->> 'duration_ms' AS BIGINT) AS duration_ms,
                     make_timestamp(CAST(r ->> 'attempted_at' AS BIGINT)) AS attempted_at,
                     make_timestamp(CAST(r ->> 'succeeded_at' AS BIGINT)) AS succeeded_at,
                     r ->> 'history_id' AS history_id
                FROM (SELECT unnest(CAST(CAST($1 AS JSON) AS JSON[])) AS r))",
            $after
        )
    };
}

pub(crate) fn record(tx: &Tx<'_>, attempts: &[AttemptRow]) -> Result<(), Error> {
    if attempts.is_empty() {
        return Ok(());
    }
    // Of two attempts at one table, the later one is the last.
    let last: BTreeMap<String, &AttemptRow> =
        attempts.iter().map(|attempt| (attempt.table_name.to_lowercase(), attempt)).collect();
    let (names, attempts): (Vec<String>, Vec<&AttemptRow>) = last.into_iter().unzip();
    let mut noted = tx.noted.borrow_mut();
    let ids: Vec<(bool, String)> = names
        .iter()
        .map(|name| match noted.get(name) {
            Some(id) => (true, id.clone()),
            None => (false, Uuid::new_v4().to_string()),
        })
        .collect();
    let rows: Vec<Packed<'_>> = attempts.iter().zip(&ids).map(|(row, (_, id))| Packed::new(row, id)).collect();
    let packed = json(&rows);

    note_history(tx, &packed, &ids)?;
    // Appended or not, the row is settled for this transaction.
    noted.extend(names.iter().cloned().zip(ids.into_iter().map(|(_, id)| id)));
    drop(noted);
    replace(tx, &packed)?;
    tx.touched.borrow_mut().attempts.extend(names);
    tx.sync_history().prune()
}

/// A row for each table a sync ran for, or that is now in another state than after the last attempt.
fn note_history(tx: &Tx<'_>, packed: &sql::Value, ids: &[(bool, String)]) -> Result<(), Error> {
    let known = sql::keys(ids.iter().filter(|(known, _)| *known).map(|(_, id)| id));
    let sql = packed!(
        "UPDATE sync_history
            SET duration_ms = p.duration_ms, status = p.state, error = p.error, rows = p.rows
           FROM ",
        " p WHERE sync_history.id = p.history_id"
    );
    tx.execute("complete the sync history", sql, values![packed.clone()])?;
    let sql = packed!(
        "INSERT INTO sync_history (id, table_id, synced_at, rows, duration_ms, status, error)
         SELECT p.history_id, p.table_name, p.attempted_at, p.rows, p.duration_ms, p.state, p.error
           FROM ",
        " p LEFT JOIN agnes_attempts a ON lower(a.table_name) = lower(p.table_name)
          WHERE p.history_id NOT IN (SELECT unnest(CAST(CAST($2 AS JSON) AS VARCHAR[])))
            AND (p.duration_ms IS NOT NULL OR a.table_name IS NULL OR a.rows <> p.rows OR a.state <> p.state
                 OR a.error IS DISTINCT FROM p.error)"
    );
    tx.execute("append to the sync history", sql, values![packed.clone(), known])?;
    Ok(())
}

fn replace(tx: &Tx<'_>, packed: &sql::Value) -> Result<(), Error> {
    let sql = packed!(
        "UPDATE agnes_attempts
            SET table_name = p.table_name, source = p.source, state = p.state, error = p.error, rows = p.rows,
                bytes = p.bytes, bad_rows = p.bad_rows, duration_ms = p.duration_ms,
                attempted_at = p.attempted_at,
                succeeded_at = coalesce(p.succeeded_at, agnes_attempts.succeeded_at)
           FROM ",
        " p WHERE lower(agnes_attempts.table_name) = lower(p.table_name)"
    );
    tx.execute("note an attempt", sql, values![packed.clone()])?;
    let sql = packed!(
        "INSERT INTO agnes_attempts (table_name, source, state, error, rows, bytes, bad_rows, duration_ms, attempted_at,
                                     succeeded_at)
         SELECT table_name, source, state, error, rows, bytes, bad_rows, duration_ms, attempted_at,
                succeeded_at
           FROM ",
        " p WHERE NOT EXISTS (SELECT 1 FROM agnes_attempts a WHERE lower(a.table_name) = lower(p.table_name))"
    );
    tx.execute("note an attempt", sql, values![packed.clone()])?;
    let sql = packed!(
        "UPDATE sync_state
            SET status = p.state, error = p.error
           FROM ",
        " p WHERE sync_state.table_id = p.table_name"
    );
    tx.execute("update the sync state", sql, values![packed.clone()])?;
    Ok(())
}

impl<'r> Packed<'r> {
    fn new(row: &'r AttemptRow, history_id: &'r str) -> Self {
        Self {
            table_name: &row.table_name,
            source: &row.source,
            state: &row.state,
            error: row.error.as_deref(),
            rows: row.rows,
            bytes: row.bytes,
            bad_rows: row.bad_rows,
            duration_ms: row.duration_ms,
            attempted_at: row.attempted_at.timestamp_micros(),
            succeeded_at: row.succeeded_at.map(|at| at.timestamp_micros()),
            history_id,
        }
    }
}
