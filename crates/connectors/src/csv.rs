//! The connector for files in a folder: CSV, TSV, JSON lines and Parquet become typed parquet.
//!
//! Files are told apart by their endings: `.csv`, `.tsv`, `.tab`, `.jsonl`, `.ndjson`, `.json`,
//! `.parquet`, `.pq`, each also with `.gz` or `.zst`. Text is UTF-8. The delimiter of a `.csv` is
//! found out among `,` `;` tab and `|`; its first line names the columns. A field that is empty
//! is NULL, a blank line is no row. Columns are BIGINT, DOUBLE, BOOLEAN, DATE or TIMESTAMP where
//! every value of the file is one and nothing of it would be lost, and VARCHAR otherwise: codes
//! with leading zeros, numbers that would be rounded and times with an offset stay as they are.
//! A row with too few or too many fields, with broken quotes, broken JSON or bytes that are not
//! UTF-8 is left out, counted and reported.

use std::path::PathBuf;

use agnes_store::Clock;
use serde::{Deserialize, Serialize};

use crate::report::{Progress, Report};

mod delimited;
mod discover;
mod infer;
mod json;
mod read;
mod record;
mod spool;
mod state;
mod sync;
mod table;
mod window;

/// The source's name: its folder below `extracts/`.
pub const SOURCE: &str = "csv";

/// A folder of files and where its extract goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CsvSource {
    /// No file outside of this folder is read.
    pub root: PathBuf,
    /// `extracts/` of the data directory; the extract is its folder `csv`.
    pub extracts_dir: PathBuf,
    /// Bounds against files that would fill disk or memory.
    #[serde(default)]
    pub limits: Limits,
}

impl CsvSource {
    /// A folder with the usual bounds.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, extracts_dir: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), extracts_dir: extracts_dir.into(), limits: Limits::default() }
    }
}

/// What one table may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Decompressed bytes of all files of a table.
    pub table_bytes: u64,
    /// Bytes of a single record, quotes and line ends included.
    pub record_bytes: usize,
    /// Columns of a table.
    pub columns: usize,
    /// Memory of the DuckDB that writes the parquet files.
    pub memory_mb: u32,
}

impl Default for Limits {
    /// 64 GiB a table, the size of the machine this is meant for; 16 MiB a record, far beyond
    /// any text somebody wrote; 512 MiB for DuckDB, which spills the rest to disk.
    fn default() -> Self {
        Self { table_bytes: 64 << 30, record_bytes: 16 << 20, columns: 4096, memory_mb: 512 }
    }
}

/// A registry row of source type `csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSpec {
    /// The registry id.
    pub id: String,
    /// The table's name in SQL.
    pub name: String,
    /// A sub-folder of the root.
    #[serde(default)]
    pub bucket: Option<String>,
    /// A file name, or a pattern with `*` and `?` whose files form one table. Without it, the
    /// file called like the table.
    #[serde(default)]
    pub source_table: Option<String>,
    /// What the table holds, for people.
    #[serde(default)]
    pub description: Option<String>,
}

/// Brings the extract of a folder up to date.
///
/// `all` is every table the source has: what is not among them leaves the extract. With `only`
/// (ids or names) just those are looked at and the rest stays as it is. Never fails as a whole:
/// what went wrong stands at the tables it hit, and those keep what they had.
pub fn run(
    source: &CsvSource,
    all: &[TableSpec],
    only: Option<&[String]>,
    clock: &Clock,
    progress: &mut dyn FnMut(Progress),
) -> Report {
    sync::run(source, all, only, clock, progress)
}
