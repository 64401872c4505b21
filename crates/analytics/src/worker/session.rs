//! A locked DuckDB: views over exactly the files it was given, or no files at all.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{array::RecordBatch, ipc::writer::StreamWriter};
use duckdb::{Config, Connection};

use super::protocol::{Failure, Prepare, Role, ViewFiles};
use crate::{Statement, StatementError, statement};

/// An open, locked database.
pub(crate) struct Session {
    connection: Connection,
}

impl Session {
    /// Makes the views of a role and locks the database.
    pub(crate) fn new(connection: Connection, prepare: &Prepare) -> Result<Self, Failure> {
        configure(&connection, prepare)?;
        let no_views = Vec::new();
        let views = match &prepare.role {
            Role::Query { views } => views,
            Role::Parse | Role::Files { .. } => &no_views,
        };
        for view in views {
            connection.execute_batch(&create_view(view)?)?;
        }
        let files: Vec<&PathBuf> = views.iter().flat_map(|view| &view.files).collect();
        // The order matters: the list of paths cannot be changed once access is off, nothing can
        // once the configuration is locked. No temporary directory: it would stay writable.
        connection.execute_batch(&format!(
            "SET temp_directory = '';
             SET allowed_paths = {};
             SET enable_external_access = false;
             SET lock_configuration = true",
            path_list(files.into_iter())?
        ))?;
        Ok(Self { connection })
    }

    /// Checks a statement.
    pub(crate) fn check(&self, sql: &str) -> Result<Statement, StatementError> {
        statement::precheck(sql)?;
        let serialized = self.serialize(sql).map_err(|failure| StatementError::Syntax(failure.text()))?;
        statement::examine(sql, &serialized)
    }

    /// Runs a statement, handing on pieces of an Arrow stream. Answers whether there was more than
    /// `rows` rows.
    pub(crate) fn query(
        &self,
        sql: &str,
        rows: u64,
        bytes: u64,
        emit: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, Failure> {
        // The caller has checked this. Here it keeps a shared worker from being changed even by a
        // statement that got past that check.
        statement::is_one_select(&self.serialize(sql)?).map_err(|error| Failure::Engine(error.to_string()))?;
        self.connection.execute_batch("BEGIN TRANSACTION READ ONLY")?;
        let result = self.stream(sql, rows, bytes, emit);
        self.connection.execute_batch("ROLLBACK")?;
        result
    }

    fn serialize(&self, sql: &str) -> Result<String, Failure> {
        Ok(self.connection.query_row("SELECT json_serialize_sql(?::VARCHAR)", [sql], |row| row.get(0))?)
    }

    fn stream(
        &self,
        sql: &str,
        rows: u64,
        bytes: u64,
        mut emit: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<bool, Failure> {
        let mut statement = self.connection.prepare(sql)?;
        let schema = statement.stream_arrow([])?.get_schema();
        let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
        let (mut left, mut sent, mut truncated) = (rows, 0, false);
        let mut hand_on = |piece: Vec<u8>| -> Result<(), Failure> {
            sent += piece.len() as u64;
            if sent > bytes {
                return Err(Failure::Limit(format!(
                    "the answer is larger than {} MiB; select fewer rows or columns",
                    bytes >> 20
                )));
            }
            Ok(emit(&piece)?)
        };
        // `step` and not the iterator, which panics where this returns an error.
        while let Some(chunk) = statement.step()? {
            let mut batch = RecordBatch::try_new(Arc::clone(&schema), chunk.columns().to_vec())?;
            let here = batch.num_rows() as u64;
            if here > left {
                truncated = true;
                batch = batch.slice(0, usize::try_from(left).unwrap_or(usize::MAX));
            }
            left -= here.min(left);
            writer.write(&batch)?;
            hand_on(std::mem::take(writer.get_mut()))?;
            if truncated {
                break;
            }
        }
        writer.finish()?;
        hand_on(std::mem::take(writer.get_mut()))?;
        Ok(truncated)
    }
}

/// A database in memory that loads nothing by itself, not locked yet and without a thread of its
/// own. Opening reads what the kernel says of this machine, so it comes before the confinement.
pub(crate) fn open_in_memory() -> Result<Connection, Failure> {
    let config = Config::default()
        .threads(1)?
        .enable_autoload_extension(false)?
        .with("autoinstall_known_extensions", "false")?
        .with("allow_community_extensions", "false")?
        .with("allow_persistent_secrets", "false")?;
    let connection = Connection::open_in_memory_with_flags(config)?;
    connection.execute_batch(
        "SET enable_progress_bar = false;
         SET arrow_lossless_conversion = true;
         SET parquet_metadata_cache = true",
    )?;
    // A library built without time zones knows no other and has no such setting.
    let _ = connection.execute_batch("SET TimeZone = 'UTC'");
    Ok(connection)
}

/// Gives the database its memory and threads.
pub(crate) fn configure(connection: &Connection, prepare: &Prepare) -> Result<(), Failure> {
    let Prepare { memory_mb, threads, .. } = prepare;
    connection.execute_batch(&format!("SET memory_limit = '{memory_mb}MiB'; SET threads = {}", (*threads).max(1)))?;
    Ok(())
}

/// The statement that makes a view over parquet files.
pub(crate) fn create_view(view: &ViewFiles) -> Result<String, Failure> {
    let name = view.name.replace('"', "\"\"");
    Ok(format!("CREATE VIEW \"{name}\" AS SELECT * FROM {}", read_parquet(&view.files)?))
}

/// The table function over parquet files. What stands in their folders' names is no column.
pub(crate) fn read_parquet(files: &[PathBuf]) -> Result<String, Failure> {
    let union = if files.len() > 1 { ", union_by_name = true" } else { "" };
    Ok(format!("read_parquet({}, hive_partitioning = false{union})", path_list(files.iter())?))
}

/// Paths as a list of string literals.
pub(crate) fn path_list<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Result<String, Failure> {
    let literals: Result<Vec<_>, _> = paths.map(|path| literal(path)).collect();
    Ok(format!("[{}]", literals?.join(", ")))
}

/// A path as a string literal.
pub(crate) fn literal(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().ok_or_else(|| Failure::Engine("a path is not UTF-8".into()))?;
    Ok(format!("'{}'", text.replace('\'', "''")))
}

impl From<duckdb::Error> for Failure {
    fn from(error: duckdb::Error) -> Self {
        let text = match error {
            duckdb::Error::DuckDBFailure(_, Some(text)) => text,
            other => other.to_string(),
        };
        let memory = ["Out of Memory", "bad_alloc", "could not allocate", "Allocation failure"];
        if memory.iter().any(|sign| text.contains(sign)) {
            // What follows the first line is advice for whoever may change settings.
            Self::Limit(text.lines().next().unwrap_or_default().to_owned())
        } else {
            Self::Engine(text)
        }
    }
}

impl From<arrow::error::ArrowError> for Failure {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Engine(error.to_string())
    }
}
