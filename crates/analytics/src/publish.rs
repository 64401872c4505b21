//! Publishing: what connectors left under `extracts/` becomes tables of immutable parts.

use std::path::PathBuf;

use agnes_contract::id::Digest;
use chrono::{DateTime, Utc};

use crate::{Engine, Error};

/// What is published now. A rebuild starts from it and never loses any of it by accident.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    /// Every published table.
    pub tables: Vec<PublishedTable>,
}

/// A published table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedTable {
    /// The name to query, a strict identifier; unique ignoring case.
    pub name: String,
    /// The folder under `extracts/` it came from.
    pub source: String,
    /// `local` or `remote`.
    pub query_mode: String,
    /// Of its one part; of the concatenated part digests when there are several; none when remote.
    pub digest: Option<Digest>,
    /// Rows, as the parquet says.
    pub rows: u64,
    /// Bytes of all parts.
    pub size_bytes: u64,
    /// In order; empty when remote.
    pub parts: Vec<Part>,
    /// In order, as the parquet says.
    pub columns: Vec<Column>,
    /// When the connector says it extracted the table.
    pub extracted_at: Option<DateTime<Utc>>,
}

/// One immutable parquet file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// MD5 of its bytes, 32 lower-case hex digits.
    pub md5: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// A column of a published table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// As in the data.
    pub name: String,
    /// DuckDB's name of the type.
    pub data_type: String,
    /// Whether nulls are possible.
    pub nullable: bool,
}

/// What a rebuild decided.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    /// Every table published from now on, by name.
    pub tables: Vec<PublishedTable>,
    /// What happened to each table any source mentioned or that was published before.
    pub outcomes: Vec<TableOutcome>,
    /// What happened to each source, in name order.
    pub sources: Vec<SourceOutcome>,
}

/// What happened to one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOutcome {
    /// Its name, as the source writes it.
    pub table: String,
    /// The source.
    pub source: String,
    /// What happened.
    pub state: TableState,
    /// Rows published now.
    pub rows: u64,
    /// Bytes published now.
    pub bytes: u64,
    /// How long it took.
    pub duration_ms: u64,
}

/// What happened to a table in a rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableState {
    /// New content is published.
    Published,
    /// The content is what it was.
    Unchanged,
    /// Its source no longer has it.
    Removed,
    /// It could not be taken over; what was published before, if anything, still is.
    Error(String),
}

/// What happened to one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceOutcome {
    /// The folder's name.
    pub source: String,
    /// Why it could not be read; its tables stay as they were.
    pub error: Option<String>,
    /// Tables it owns that were taken over or found unchanged.
    pub created: Vec<String>,
}

/// A rebuild, under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Begins to read a source.
    Source {
        /// Its name.
        source: String,
        /// Which, from 1.
        number: usize,
        /// Of how many.
        of: usize,
    },
    /// Begins to take over a table.
    Table {
        /// Its source.
        source: String,
        /// Its name.
        table: String,
    },
}

/// The folders a rebuild works in, all below `DATA_DIR`.
#[derive(Clone, Debug)]
pub struct Folders {
    /// `extracts`: what connectors left.
    pub extracts: PathBuf,
    /// `analytics`: where `server.duckdb` goes.
    pub analytics: PathBuf,
    /// `tmp`: scratch, on the same file system as the objects.
    pub tmp: PathBuf,
}

/// Rebuilds, one at a time.
pub struct Publisher {
    folders: Folders,
    engine: Engine,
}

impl Publisher {
    /// A publisher over these folders; parts go where the engine's [`crate::Objects`] are.
    #[must_use]
    pub fn new(folders: Folders, engine: Engine) -> Self {
        Self { folders, engine }
    }

    /// Reads every source and says what is published from now on.
    ///
    /// The caller stores the result; until then nothing is visible but `server.duckdb`.
    ///
    /// # Errors
    /// When `extracts/` exists but cannot be listed, or the objects or `server.duckdb` cannot be
    /// written. Trouble with one source or table is an outcome, not an error.
    pub async fn rebuild(
        &self,
        _previous: Previous,
        _progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Publication, Error> {
        let _ = (&self.folders, &self.engine);
        Err(Error::Stopping)
    }
}
