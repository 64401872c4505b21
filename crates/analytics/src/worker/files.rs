//! Reading what connectors left, and writing parquet and views from it, all with no more rights
//! than the folders one request is about.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use duckdb::Connection;

use super::{
    protocol::{Contents, Facts, Failure, MetaRow, Prepare, Request, Response, ViewFiles},
    session::{configure, create_view, literal, path_list, read_parquet},
};
use crate::publish::Column;

/// More rows of `_meta` than any source has.
const MOST_TABLES: usize = 100_000;

/// A database that reads and writes inside its folders only, also where the kernel does not hold
/// it to that.
pub(crate) struct Files {
    connection: Connection,
}

impl Files {
    pub(crate) fn new(
        connection: Connection,
        prepare: &Prepare,
        read: &[PathBuf],
        write: &[PathBuf],
    ) -> Result<Self, Failure> {
        configure(&connection, prepare)?;
        let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = read.iter().chain(write).partition(|path| path.is_dir());
        let spill = match write.first() {
            Some(folder) => literal(&folder.join("spill"))?,
            None => "''".into(),
        };
        connection.execute_batch(&format!(
            "SET temp_directory = {spill};
             SET allowed_directories = {};
             SET allowed_paths = {};
             SET enable_external_access = false;
             SET lock_configuration = true",
            path_list(folders.into_iter())?,
            path_list(files.into_iter())?
        ))?;
        Ok(Self { connection })
    }

    /// Does what is asked.
    pub(crate) fn answer(&self, request: Request) -> Response {
        let result = match request {
            Request::Inspect { extract } => self.inspect(&extract).map(Response::Inspected),
            Request::Export { extract, table, out } => self.export(&extract, &table, &out).map(|()| Response::Done),
            Request::Merge { files, out } => self.merge(&files, &out).map(|()| Response::Done),
            Request::Facts { file } => self.facts(&file).map(Response::Facts),
            Request::Catalog { views, out } => self.catalog(&views, &out).map(|()| Response::Done),
            Request::Prepare(_) | Request::Check { .. } | Request::Query { .. } => {
                Err(Failure::Engine("not a request for this worker".into()))
            }
        };
        result.unwrap_or_else(Response::Failed)
    }

    /// Attaches the extract and makes it the current database, so that its views find its tables.
    fn attach(&self, extract: &Path) -> Result<(), Failure> {
        let extract = literal(extract)?;
        Ok(self.connection.execute_batch(&format!("ATTACH {extract} AS extract (READ_ONLY); USE extract"))?)
    }

    fn detach(&self) -> Result<(), Failure> {
        Ok(self.connection.execute_batch("USE memory; DETACH extract")?)
    }

    fn inspect(&self, extract: &Path) -> Result<Contents, Failure> {
        self.attach(extract)?;
        let connection = &self.connection;
        let columns = texts(
            connection,
            "SELECT column_name FROM duckdb_columns()
              WHERE database_name = 'extract' AND schema_name = 'main' AND table_name = '_meta'",
        )?;
        let column = |name: &str, sql: &'static str| {
            if columns.iter().any(|column| column.eq_ignore_ascii_case(name)) { sql } else { "NULL" }
        };
        let sql = format!(
            "SELECT CAST(table_name AS VARCHAR), {}, {} FROM extract.main._meta LIMIT {MOST_TABLES}",
            column("query_mode", "CAST(query_mode AS VARCHAR)"),
            column("extracted_at", "epoch_us(TRY_CAST(extracted_at AS TIMESTAMP))"),
        );
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<i64>>(2)?))
        })?;
        let mut contents = Contents::default();
        for row in rows {
            let (table, query_mode, extracted_at) = row?;
            if let Some(table) = table {
                contents.rows.push(MetaRow { table, query_mode, extracted_at });
            }
        }
        contents.tables = texts(
            connection,
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'extract' AND schema_name = 'main'",
        )?;
        contents.views = texts(
            connection,
            "SELECT view_name FROM duckdb_views()
              WHERE database_name = 'extract' AND schema_name = 'main' AND NOT internal",
        )?;
        drop(statement);
        self.detach()?;
        Ok(contents)
    }

    fn export(&self, extract: &Path, table: &str, out: &Path) -> Result<(), Failure> {
        self.attach(extract)?;
        let table = table.replace('"', "\"\"");
        write_parquet(&self.connection, &format!("extract.main.\"{table}\""), out)?;
        self.detach()
    }

    fn merge(&self, files: &[PathBuf], out: &Path) -> Result<(), Failure> {
        write_parquet(&self.connection, &read_parquet(files)?, out)
    }

    fn facts(&self, file: &PathBuf) -> Result<Facts, Failure> {
        let connection = &self.connection;
        let path = literal(file)?;
        let (rows, counted): (u64, u64) = connection.query_row(
            &format!(
                "SELECT (SELECT sum(num_rows)::UBIGINT FROM parquet_file_metadata({path})),
                        (SELECT count(*)::UBIGINT FROM {})",
                read_parquet(std::slice::from_ref(file))?
            ),
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if rows != counted {
            return Err(Failure::Engine(format!("the file promises {rows} rows and has {counted}")));
        }
        let required = required_columns(connection, &path)?;
        let mut statement = connection
            .prepare(&format!("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet({path}))"))?;
        let rows_of_columns =
            statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut columns = Vec::new();
        for column in rows_of_columns {
            let (name, data_type) = column?;
            let nullable = !required.contains(&name);
            columns.push(Column { name, data_type, nullable });
        }
        if columns.is_empty() {
            return Err(Failure::Engine("the file has no columns".into()));
        }
        Ok(Facts { rows, columns })
    }

    fn catalog(&self, views: &[ViewFiles], out: &Path) -> Result<(), Failure> {
        let connection = &self.connection;
        connection.execute_batch(&format!("ATTACH {} AS catalog; USE catalog", literal(out)?))?;
        for view in views {
            // One part that cannot be read does not take the other views away.
            if let Err(failure) = connection.execute_batch(&create_view(view)?) {
                let _ = writeln!(std::io::stderr(), "no view {}: {failure}", view.name);
            }
        }
        connection.execute_batch("CHECKPOINT catalog; USE memory; DETACH catalog")?;
        Ok(())
    }
}

/// Top-level columns that cannot be null. The schema of a parquet file is listed depth first; the
/// first element is the root.
fn required_columns(connection: &Connection, path: &str) -> Result<Vec<String>, Failure> {
    let mut statement = connection
        .prepare(&format!("SELECT name, repetition_type, coalesce(num_children, 0) FROM parquet_schema({path})"))?;
    let elements = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, i64>(2)?)))?;
    let (mut required, mut inside) = (Vec::new(), 0);
    for (index, element) in elements.enumerate() {
        let (name, repetition, children) = element?;
        if index == 0 {
            continue;
        }
        if inside == 0 && repetition.as_deref() == Some("REQUIRED") {
            required.push(name);
        }
        inside = (inside - 1).max(0) + children.max(0);
    }
    Ok(required)
}

fn write_parquet(connection: &Connection, relation: &str, out: &Path) -> Result<(), Failure> {
    connection.execute_batch(&format!(
        "COPY (SELECT * FROM {relation}) TO {} (FORMAT parquet, COMPRESSION zstd)",
        literal(out)?
    ))?;
    Ok(())
}

fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>, Failure> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
