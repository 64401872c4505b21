//! Running SQL on the local database.

use std::path::Path;

use duckdb::{Connection, arrow::datatypes::DataType, types::Value};

use super::{database, values};
use crate::{error::Error, output::cells::ResultSet, settings::Workspace};

/// What to run and how.
#[derive(Clone, Debug)]
pub struct Query {
    /// One statement or several; the last one's result counts.
    pub sql: String,
    /// Rows at most.
    pub limit: Option<u64>,
    /// Only one SELECT, only the workspace's parquet files, no extensions.
    pub sandbox: bool,
}

impl Query {
    /// The rows of the last statement.
    pub fn rows(&self, workspace: &Workspace) -> Result<ResultSet, Error> {
        let connection = self.connect(workspace, None)?;
        fetch(&connection, &self.sql, self.limit).map_err(|error| Error::Query(database::words(&error)))
    }

    /// The rows of a single SELECT as a parquet file.
    pub fn parquet(&self, workspace: &Workspace, output: &Path) -> Result<(), Error> {
        let connection = self.connect(workspace, Some(output))?;
        copy(&connection, &self.sql, self.limit, output)
    }

    fn connect(&self, workspace: &Workspace, output: Option<&Path>) -> Result<Connection, Error> {
        let connection = database::open_to_read(&workspace.database())?;
        if self.sandbox {
            lock_down(&connection, workspace, output).map_err(|error| Error::Query(database::words(&error)))?;
            only_select(&connection, &self.sql)?;
        }
        Ok(connection)
    }
}

/// A parquet file of rows that came as JSON.
pub fn parquet_from_json(json: &Path, output: &Path) -> Result<(), Error> {
    let failed = |error: duckdb::Error| Error::Query(database::words(&error));
    let connection = Connection::open_in_memory().map_err(failed)?;
    let sql = format!("SELECT * FROM read_json({}, format = 'array')", database::literal(&json.to_string_lossy()));
    copy(&connection, &sql, None, output)
}

fn fetch(connection: &Connection, sql: &str, limit: Option<u64>) -> duckdb::Result<ResultSet> {
    let mut statement = connection.prepare(sql)?;
    // Streaming: of a large result only the rows that are shown are ever made.
    drop(statement.stream_arrow([])?);
    let schema = statement.schema();
    let zoned: Vec<bool> = schema.fields().iter().map(|field| is_zoned(field.data_type())).collect();
    let mut result = ResultSet {
        columns: schema.fields().iter().map(|field| field.name().clone()).collect(),
        ..ResultSet::default()
    };
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if limit.is_some_and(|limit| result.rows.len() as u64 >= limit) {
            result.truncated = true;
            break;
        }
        let cells =
            zoned.iter().enumerate().map(|(index, zoned)| Ok(values::cell(row.get::<_, Value>(index)?, *zoned)));
        result.rows.push(cells.collect::<duckdb::Result<_>>()?);
    }
    Ok(result)
}

fn is_zoned(kind: &DataType) -> bool {
    match kind {
        DataType::Timestamp(_, zone) => zone.is_some(),
        DataType::List(field) | DataType::LargeList(field) => is_zoned(field.data_type()),
        _ => false,
    }
}

fn copy(connection: &Connection, sql: &str, limit: Option<u64>, output: &Path) -> Result<(), Error> {
    let limit = limit.map_or_else(String::new, |limit| format!(" LIMIT {limit}"));
    let sql = sql.trim().trim_end_matches(';');
    let target = database::literal(&output.to_string_lossy());
    // The line break ends a comment at the end of the statement; the caller renames, DuckDB need not.
    let statement = format!("COPY (SELECT * FROM (\n{sql}\n){limit}) TO {target} (FORMAT parquet, USE_TMP_FILE false)");
    connection.execute_batch(&statement).map_err(|error| Error::Query(database::words(&error)))
}

fn lock_down(connection: &Connection, workspace: &Workspace, output: Option<&Path>) -> duckdb::Result<()> {
    let folders: Vec<String> = [workspace.parquet_dir(), workspace.snapshots_dir()]
        .iter()
        .map(|folder| database::literal(&format!("{}/", folder.display())))
        .collect();
    let files = output.map_or_else(String::new, |output| database::literal(&output.to_string_lossy()));
    connection.execute_batch(&format!(
        "SET temp_directory = '';
         SET allowed_directories = [{}];
         SET allowed_paths = [{files}];
         SET autoinstall_known_extensions = false;
         SET autoload_known_extensions = false;
         SET enable_external_access = false;
         SET lock_configuration = true;",
        folders.join(", ")
    ))
}

/// DuckDB's own parser says what a statement is; a COPY could write where reading is allowed.
fn only_select(connection: &Connection, sql: &str) -> Result<(), Error> {
    let refuse = |reason: String| Err(Error::Query(reason));
    let parsed: duckdb::Result<String> =
        connection.query_row("SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", [sql], |row| row.get(0));
    let parsed: serde_json::Value = match parsed.map(|text| serde_json::from_str(&text)) {
        Ok(Ok(parsed)) => parsed,
        Ok(Err(_)) => return refuse("the statement cannot be checked".to_owned()),
        Err(error) => return refuse(database::words(&error)),
    };
    if parsed["error"].as_bool() != Some(false) {
        let message = parsed["error_message"].as_str().unwrap_or("the statement cannot be checked");
        return refuse(format!("--sandbox takes one SELECT: {message}"));
    }
    match parsed["statements"].as_array().map(Vec::len) {
        Some(1) => Ok(()),
        _ => refuse("--sandbox takes one SELECT".to_owned()),
    }
}
