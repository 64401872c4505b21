//! The tables there are, and which directories can be opened.

use std::path::Path;

use chrono::{DateTime, Utc};
use duckdb::Connection;
use tracing::info;

use crate::{
    Error,
    sql::{self, values},
};

/// The schema of the original server that this one reads and writes.
pub const REFERENCE_VERSION: i64 = 14;
/// The version of what we add to it.
pub const OUR_VERSION: i64 = 1;

/// The original server's tables. Columns and types as there, in its order; no constraint, no default, no index:
/// DuckDB's misbehave under update, and the writer knows everything they would check.
const REFERENCE_TABLES: &str = include_str!("schema/reference.sql");
/// Our own.
const OUR_TABLES: &str = include_str!("schema/own.sql");

/// Makes a fresh database, or completes one that can be opened as it is; refuses every other.
pub(crate) fn prepare(connection: &Connection, file: &Path, now: DateTime<Utc>) -> Result<(), Error> {
    let reference = version(connection, "schema_version")?;
    let ours = version(connection, "agnes_schema")?;
    check(reference, ours)?;
    if reference > 0 && ours == 0 {
        keep_a_copy(connection, file)?;
    }
    let during = Error::during("prepare the system database");
    connection.execute_batch("BEGIN TRANSACTION").map_err(&during)?;
    match complete(connection, reference, ours, now) {
        Ok(()) => connection.execute_batch("COMMIT").map_err(&during),
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

fn check(reference: i64, ours: i64) -> Result<(), Error> {
    match (reference, ours) {
        (version, _) if version > REFERENCE_VERSION => {
            Err(Error::SchemaTooNew { schema: "reference", version, known: REFERENCE_VERSION })
        }
        (_, version) if version > OUR_VERSION => {
            Err(Error::SchemaTooNew { schema: "own", version, known: OUR_VERSION })
        }
        (version, _) if version != 0 && version < REFERENCE_VERSION => Err(Error::SchemaTooOld { version }),
        _ => Ok(()),
    }
}

fn complete(connection: &Connection, reference: i64, ours: i64, now: DateTime<Utc>) -> Result<(), Error> {
    let doing = "prepare the system database";
    let during = Error::during(doing);
    connection.execute_batch(REFERENCE_TABLES).map_err(&during)?;
    connection.execute_batch(OUR_TABLES).map_err(&during)?;
    let insert = |sql, values: &[sql::Value]| {
        connection.execute(sql, duckdb::params_from_iter(values)).map(|_| ()).map_err(&during)
    };
    if reference == 0 {
        insert("INSERT INTO schema_version (version, applied_at) VALUES (?, ?)", values![REFERENCE_VERSION, now])?;
    }
    if ours == 0 {
        insert("INSERT INTO agnes_schema (version, applied_at) VALUES (?, ?)", values![OUR_VERSION, now])?;
        insert("INSERT INTO agnes_counters (name, value) VALUES ('publication_generation', ?)", values![0_i64])?;
    }
    // Sessions that ended while nobody was looking.
    insert("DELETE FROM agnes_sessions WHERE expires_at <= ?", values![now])
}

/// The way back to the original server: its file as it was before ours first changed it.
fn keep_a_copy(connection: &Connection, file: &Path) -> Result<(), Error> {
    connection.execute_batch("CHECKPOINT").map_err(Error::during("checkpoint"))?;
    let copy = file.with_extension("duckdb.pre-agnes");
    std::fs::copy(file, &copy).map_err(|source| Error::File {
        doing: "keep a copy of the original database as",
        path: copy.clone(),
        source,
    })?;
    info!(copy = %copy.display(), "Adopting a directory of the original server; a copy of its database is kept");
    Ok(())
}

/// The highest version a table records; 0 where there is no such table.
fn version(connection: &Connection, table: &'static str) -> Result<i64, Error> {
    let doing = "read the schema version";
    let exists = "SELECT count(*) AS n FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = ?";
    if sql::count(connection, doing, exists, values![table])? == 0 {
        return Ok(0);
    }
    let sql = match table {
        "schema_version" => "SELECT max(version) AS version FROM schema_version",
        _ => "SELECT max(version) AS version FROM agnes_schema",
    };
    Ok(sql::find(connection, doing, sql, &[], |row| row.int_option("version"))?.flatten().unwrap_or(0))
}
