//! Publishing: what connectors left under `extracts/` becomes tables of immutable parts.

use std::{collections::HashMap, path::PathBuf, time::Instant};

use agnes_contract::id::Digest;
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::{Engine, Error};

mod claims;
mod inside;
mod sources;
mod take;
mod views;

use claims::Decision;
use take::{Take, Taken};

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
    /// Held through a rebuild.
    memory: Mutex<Memory>,
}

/// What one rebuild remembers for the next, so that unchanged files are not read again.
#[derive(Default)]
struct Memory {
    taken: HashMap<String, Taken>,
    /// What `server.duckdb` holds.
    views: Option<Vec<(String, Vec<Digest>)>>,
}

impl Publisher {
    /// A publisher over these folders; parts go where the engine's [`crate::Objects`] are.
    #[must_use]
    pub fn new(folders: Folders, engine: Engine) -> Self {
        let whole = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        let folders =
            Folders { extracts: whole(folders.extracts), analytics: whole(folders.analytics), tmp: whole(folders.tmp) };
        Self { folders, engine, memory: Mutex::default() }
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
        previous: Previous,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<Publication, Error> {
        let mut memory = self.memory.lock().await;
        let Some(found) = sources::list(&self.folders.extracts, &previous)? else {
            tracing::warn!("There is no folder of extracts; what is published stays as it is");
            return Ok(Publication { tables: previous.tables, ..Publication::default() });
        };
        self.engine.objects().sweep();
        let scratch = self.scratch()?;
        let mut sources = Vec::with_capacity(found.len());
        for (index, source) in found.iter().enumerate() {
            progress(Progress::Source { source: source.name.clone(), number: index + 1, of: found.len() });
            sources.push(sources::read(&self.engine, source, scratch.path()).await?);
        }

        let mut publication = Publication::default();
        for decision in claims::decide(&previous.tables, &sources) {
            let begun = Instant::now();
            let (outcome, table) = match decision {
                Decision::Take { source, row, previous } => {
                    let (source, row) = (&sources[source], &sources[source].rows()[row]);
                    progress(Progress::Table { source: source.name.clone(), table: row.table.clone() });
                    let take = Take { engine: &self.engine, scratch: scratch.path(), source, row, previous };
                    take.run(&mut memory.taken).await?
                }
                Decision::Settled { outcome, table } => (*outcome, table.map(|table| *table)),
            };
            let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            publication.outcomes.push(TableOutcome { duration_ms, ..outcome });
            publication.tables.extend(table);
        }
        publication.tables.sort_by(|a, b| a.name.cmp(&b.name));
        publication.outcomes.sort_by(|a, b| (&a.table, &a.source).cmp(&(&b.table, &b.source)));
        publication.sources = sources.iter().map(|source| source.outcome(&publication.outcomes)).collect();
        views::write(&self.engine, &self.folders.analytics, &publication.tables, &mut memory.views).await?;
        Ok(publication)
    }

    fn scratch(&self) -> Result<TempDir, Error> {
        let tmp = &self.folders.tmp;
        std::fs::create_dir_all(tmp).map_err(Error::file("create", tmp))?;
        let scratch = tempfile::Builder::new().prefix("publish-").tempdir_in(tmp);
        scratch.map_err(Error::file("write in", tmp))
    }
}

impl TableOutcome {
    fn new(table: &str, source: &str, state: TableState, published: Option<&PublishedTable>) -> Self {
        Self {
            table: table.to_owned(),
            source: source.to_owned(),
            state,
            rows: published.map_or(0, |table| table.rows),
            bytes: published.map_or(0, |table| table.size_bytes),
            duration_ms: 0,
        }
    }
}
