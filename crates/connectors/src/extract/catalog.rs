//! `extract.duckdb` itself: its tables, its views, and reading them back.

use std::path::Path;

use agnes_contract::id::SqlIdent;
use chrono::DateTime;
use duckdb::{AccessMode, Config, Connection, params};

use super::{MetaRow, QueryMode, RemoteAttach};
use crate::error::Error;
use crate::files;

/// Writes a new file with these tables; no log stays beside it.
pub(super) fn write(path: &Path, data: &Path, tables: &[MetaRow], remote: &[RemoteAttach]) -> Result<(), Error> {
    files::remove_if_there(path)?;
    let connection = Connection::open_with_flags(path, config(AccessMode::ReadWrite)?)
        .map_err(Error::during("create extract.duckdb"))?;
    connection
        .execute_batch(
            "CREATE TABLE _meta (
                table_name VARCHAR NOT NULL,
                description VARCHAR,
                rows BIGINT,
                size_bytes BIGINT,
                extracted_at TIMESTAMP,
                query_mode VARCHAR DEFAULT 'local')",
        )
        .map_err(Error::during("create _meta"))?;
    for row in tables {
        insert(&connection, row)?;
        if row.query_mode == QueryMode::Local {
            create_view(&connection, row, data)?;
        }
    }
    if !remote.is_empty() {
        attach(&connection, remote)?;
    }
    connection.execute_batch("CHECKPOINT").map_err(Error::during("checkpoint extract.duckdb"))?;
    connection.close().map_err(|(_, error)| Error::during("close extract.duckdb")(error))
}

fn insert(connection: &Connection, row: &MetaRow) -> Result<(), Error> {
    connection
        .execute(
            "INSERT INTO _meta (table_name, description, rows, size_bytes, extracted_at, query_mode)
             VALUES (?, ?, ?, ?, make_timestamp(?), ?)",
            params![
                row.table_name.as_str(),
                row.description,
                row.rows,
                row.size_bytes,
                row.extracted_at.timestamp_micros(),
                row.query_mode.as_str(),
            ],
        )
        .map_err(Error::during("write _meta"))?;
    Ok(())
}

fn create_view(connection: &Connection, row: &MetaRow, data: &Path) -> Result<(), Error> {
    let file = data.join(format!("{}.parquet", row.table_name));
    let sql = format!(
        "CREATE VIEW {} AS SELECT * FROM read_parquet({})",
        row.table_name.quoted(),
        crate::duck::path_literal(&file)?
    );
    connection.execute_batch(&sql).map_err(Error::during("create the view of a table"))
}

fn attach(connection: &Connection, remote: &[RemoteAttach]) -> Result<(), Error> {
    connection
        .execute_batch("CREATE TABLE _remote_attach (alias VARCHAR, extension VARCHAR, url VARCHAR, token_env VARCHAR)")
        .map_err(Error::during("create _remote_attach"))?;
    for row in remote {
        connection
            .execute(
                "INSERT INTO _remote_attach (alias, extension, url, token_env) VALUES (?, ?, ?, ?)",
                params![row.alias.as_str(), row.extension.as_str(), row.url, row.token_env],
            )
            .map_err(Error::during("write _remote_attach"))?;
    }
    Ok(())
}

/// The rows of `_meta` of a file of ours; rows we would not write are left out.
pub(super) fn read(path: &Path) -> Result<Vec<MetaRow>, Error> {
    let config = config(AccessMode::ReadOnly)?.enable_external_access(false).map_err(Error::during("set DuckDB up"))?;
    let connection = Connection::open_with_flags(path, config).map_err(Error::during("open extract.duckdb"))?;
    let mut statement = connection
        .prepare(
            "SELECT table_name, coalesce(description, '') AS description, coalesce(rows, 0) AS rows,
                    coalesce(size_bytes, 0) AS size_bytes,
                    coalesce(epoch_us(extracted_at), 0) AS extracted_at, query_mode
               FROM _meta",
        )
        .map_err(Error::during("read _meta"))?;
    let rows = statement
        .query_map([], |row| {
            Ok((
                row.get::<_, String>("table_name")?,
                row.get::<_, String>("description")?,
                row.get::<_, i64>("rows")?,
                row.get::<_, i64>("size_bytes")?,
                row.get::<_, i64>("extracted_at")?,
                row.get::<_, Option<String>>("query_mode")?,
            ))
        })
        .map_err(Error::during("read _meta"))?;
    let mut tables = Vec::new();
    for row in rows {
        let (name, description, rows, size, extracted_at, mode) = row.map_err(Error::during("read _meta"))?;
        let (Ok(table_name), Some(extracted_at)) = (SqlIdent::new(name), DateTime::from_timestamp_micros(extracted_at))
        else {
            continue;
        };
        tables.push(MetaRow {
            table_name,
            description,
            rows: rows.try_into().unwrap_or(0),
            size_bytes: size.try_into().unwrap_or(0),
            extracted_at,
            query_mode: if mode.as_deref() == Some("remote") { QueryMode::Remote } else { QueryMode::Local },
        });
    }
    Ok(tables)
}

/// The row of a table of which only its parquet file is left.
pub(super) fn recover(table: &SqlIdent, path: &Path) -> Result<MetaRow, Error> {
    let connection =
        Connection::open_in_memory_with_flags(crate::duck::config(64)?).map_err(Error::during("open DuckDB"))?;
    let sql = format!("SELECT count(*) AS rows FROM read_parquet({})", crate::duck::path_literal(path)?);
    let rows = connection
        .query_row(&sql, [], |row| row.get("rows"))
        .map_err(Error::during("read the parquet file of a table"))?;
    let metadata = path.metadata().map_err(Error::io("look at", path))?;
    Ok(MetaRow {
        table_name: table.clone(),
        description: String::new(),
        rows,
        size_bytes: metadata.len(),
        extracted_at: metadata.modified().map_err(Error::io("look at", path))?.into(),
        query_mode: QueryMode::Local,
    })
}

fn config(mode: AccessMode) -> Result<Config, Error> {
    crate::duck::config(64)?.access_mode(mode).map_err(Error::during("set DuckDB up"))
}
