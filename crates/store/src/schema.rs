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
    if reference > 0 && ours == 0 {
        set_aside(connection)?;
    }
    connection.execute_batch(REFERENCE_TABLES).map_err(&during)?;
    if reference > 0 && ours == 0 {
        bring_back(connection)?;
    }
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

/// Tables of the original server that carry constraints: those that refer to others first.
const CONSTRAINED: [&str; 24] = [
    "schema_version",
    "user_group_members",
    "resource_grants",
    "user_groups",
    "users",
    "sync_state",
    "sync_history",
    "view_ownership",
    "user_sync_settings",
    "knowledge_items",
    "knowledge_votes",
    "audit_log",
    "telegram_links",
    "pending_codes",
    "script_registry",
    "table_registry",
    "table_profiles",
    "dataset_permissions",
    "access_requests",
    "metric_definitions",
    "column_metadata",
    "personal_access_tokens",
    "marketplace_registry",
    "marketplace_plugins",
];

/// Takes the original server's tables out of the way, so that they come back without its constraints: with them,
/// DuckDB refuses to rename or remove a group that has, or a moment ago had, members.
fn set_aside(connection: &Connection) -> Result<(), Error> {
    for table in CONSTRAINED {
        let sql = format!("CREATE TEMP TABLE adopted_{table} AS FROM {table}; DROP TABLE {table};");
        if exists(connection, table)? {
            connection.execute_batch(&sql).map_err(Error::during("set the original tables aside"))?;
        }
    }
    Ok(())
}

fn bring_back(connection: &Connection) -> Result<(), Error> {
    for table in CONSTRAINED {
        let aside = format!("adopted_{table}");
        let sql = format!("INSERT INTO main.{table} BY NAME FROM temp.{aside}; DROP TABLE temp.{aside};");
        if exists(connection, &aside)? {
            connection.execute_batch(&sql).map_err(Error::during("bring the original rows back"))?;
        }
    }
    Ok(())
}

fn exists(connection: &Connection, table: &str) -> Result<bool, Error> {
    let sql = "SELECT count(*) AS n FROM duckdb_tables() WHERE schema_name = 'main' AND table_name = ?";
    Ok(sql::count(connection, "look for a table", sql, values![table])? > 0)
}

/// The highest version a table records; 0 where there is no such table.
fn version(connection: &Connection, table: &'static str) -> Result<i64, Error> {
    let doing = "read the schema version";
    if !exists(connection, table)? {
        return Ok(0);
    }
    let sql = match table {
        "schema_version" => "SELECT max(version) AS version FROM schema_version",
        _ => "SELECT max(version) AS version FROM agnes_schema",
    };
    Ok(sql::find(connection, doing, sql, &[], |row| row.int_option("version"))?.flatten().unwrap_or(0))
}
