//! The extract contract, written so that a reader sees all of it or what was there before.
//!
//! `extracts/<source>/extract.duckdb` lists the tables in `_meta` and has a view for each over
//! `data/<table>.parquet`; `_remote_attach` says which engines to attach for remote ones.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use agnes_contract::id::{SourceName, SqlIdent};
use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::files;

mod catalog;

/// A row of `_meta`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetaRow {
    /// The table's name.
    pub table_name: SqlIdent,
    /// What it holds, for people; empty when nobody said.
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

impl QueryMode {
    /// The word in `_meta`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Remote => "remote",
        }
    }
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

/// Whether a table of this name would hide the extract's own tables.
#[must_use]
pub fn is_reserved(table: &SqlIdent) -> bool {
    ["_meta", "_remote_attach"].contains(&table.as_str().to_ascii_lowercase().as_str())
}

/// The one writer of a source's extract, for as long as it lives.
#[derive(Debug)]
pub struct Writer {
    directory: PathBuf,
    // Dropped before the lock is: another run must not find our scratch files.
    scratch: tempfile::TempDir,
    _lock: File,
}

impl Writer {
    /// Takes the source's lock, makes its folders and sweeps what an interrupted run left.
    ///
    /// # Errors
    /// [`Error::Busy`] when another run holds the lock, [`Error::Io`].
    pub fn open(extracts_dir: &Path, source: &SourceName) -> Result<Self, Error> {
        files::make_directory(extracts_dir)?;
        Self::open_directory(&extracts_dir.join(source.as_str()), source.as_str())
    }

    /// As [`Writer::open`], for an extract that lies somewhere else.
    ///
    /// # Errors
    /// [`Error::Busy`] when another run holds the lock, [`Error::Io`].
    pub fn open_directory(directory: &Path, source: &str) -> Result<Self, Error> {
        files::make_directory(directory)?;
        // Views name their file by absolute path: DuckDB resolves others against its own folder.
        let directory = directory.canonicalize().map_err(Error::io("find", directory))?;
        let lock = lock(&directory, source)?;
        files::make_directory(&directory.join("data"))?;
        sweep(&directory)?;
        let scratch = directory.join("tmp");
        files::make_directory(&scratch)?;
        let scratch = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(&scratch)
            .map_err(Error::io("create a folder in", scratch))?;
        Ok(Self { directory, scratch, _lock: lock })
    }

    /// The folder of the source.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A private folder for the run; removed with the writer.
    #[must_use]
    pub fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    /// Where to write the new parquet file of a table; [`Writer::publish`] puts it in place.
    #[must_use]
    pub fn table_file(&self, table: &SqlIdent) -> PathBuf {
        self.directory.join("data").join(format!(".{table}.parquet.tmp"))
    }

    /// Where the published parquet file of a table is.
    #[must_use]
    pub fn published_file(&self, table: &SqlIdent) -> PathBuf {
        self.directory.join("data").join(format!("{table}.parquet"))
    }

    /// What is published now; `None` without a readable `extract.duckdb`.
    #[must_use]
    pub fn published(&self) -> Option<Vec<MetaRow>> {
        let path = self.directory.join("extract.duckdb");
        if !path.exists() {
            return None;
        }
        match catalog::read(&path) {
            Ok(rows) => Some(rows),
            Err(error) => {
                tracing::warn!(path = %path.display(), error = error.chain(), "Could not read the published extract");
                None
            }
        }
    }

    /// What can be said of these tables from their parquet files alone, after `extract.duckdb`
    /// was lost. Those without a readable file are left out.
    #[must_use]
    pub fn recovered(&self, tables: &[SqlIdent]) -> Vec<MetaRow> {
        let files = tables.iter().map(|table| (table, self.published_file(table))).filter(|(_, path)| path.is_file());
        files
            .filter_map(|(table, path)| {
                catalog::recover(table, &path)
                    .inspect_err(|error| {
                        tracing::warn!(table = %table, error = error.chain(), "Could not recover a table of a lost extract");
                    })
                    .ok()
            })
            .collect()
    }

    /// Publishes exactly these tables: new parquet files first, then `extract.duckdb`. A local
    /// table without a new file keeps the one it has. Parquet files of no table are removed.
    ///
    /// # Errors
    /// [`Error::Reserved`], [`Error::Io`], [`Error::Duckdb`]; then `extract.duckdb` is as before.
    pub fn publish(self, tables: &[MetaRow], remote: &[RemoteAttach]) -> Result<(), Error> {
        if let Some(reserved) = tables.iter().find(|row| is_reserved(&row.table_name)) {
            return Err(Error::Reserved(reserved.table_name.to_string()));
        }
        for row in tables {
            let new = self.table_file(&row.table_name);
            if new.exists() {
                files::put_in_place(&new, &self.published_file(&row.table_name))?;
            }
        }
        let building = self.directory.join("extract.duckdb.tmp");
        catalog::write(&building, &self.directory.join("data"), tables, remote)?;
        let target = self.directory.join("extract.duckdb");
        // A log left beside the old file would be replayed into the new one.
        files::remove_if_there(&self.directory.join("extract.duckdb.wal"))?;
        files::put_in_place(&building, &target)?;
        files::remove_if_there(&self.directory.join("extract.duckdb.tmp.wal"))?;
        self.remove_strangers(tables);
        Ok(())
    }

    /// Removes parquet files that belong to no published table. Failing costs disk space only.
    fn remove_strangers(&self, tables: &[MetaRow]) {
        let kept: BTreeSet<String> = tables.iter().map(|row| format!("{}.parquet", row.table_name)).collect();
        let Ok(entries) = fs::read_dir(self.directory.join("data")) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_file
                && name.ends_with(".parquet")
                && !kept.contains(&name)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::warn!(file = name, %error, "Could not remove the file of a table that is gone");
            }
        }
    }
}

fn lock(directory: &Path, source: &str) -> Result<File, Error> {
    let path = directory.join(".lock");
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(Error::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy(source.to_owned())),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
    }
}

/// Removes what a run that was killed left behind. Only the holder of the lock may.
fn sweep(directory: &Path) -> Result<(), Error> {
    let scratch = directory.join("tmp");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(Error::io("sweep", &scratch))?;
    }
    for name in ["extract.duckdb.tmp", "extract.duckdb.tmp.wal"] {
        files::remove_if_there(&directory.join(name))?;
    }
    let data = directory.join("data");
    for entry in fs::read_dir(&data).map_err(Error::io("list", &data))? {
        let entry = entry.map_err(Error::io("list", &data))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(".tmp") {
            files::remove_if_there(&entry.path())?;
        }
    }
    Ok(())
}
