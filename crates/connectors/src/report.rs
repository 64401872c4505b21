//! What a run says of itself: progress while it works, one report at its end.

use serde::{Deserialize, Serialize};

/// The end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Whether a new `extract.duckdb` was published.
    pub changed: bool,
    /// One entry for every table of this run, in the order asked for.
    pub tables: Vec<TableReport>,
}

impl Report {
    /// How many tables failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.tables.iter().filter(|table| table.state == TableState::Error).count()
    }

    /// 0 when nothing failed, 1 when everything did, 2 in between.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.failed() {
            0 => 0,
            failed if failed == self.tables.len() => 1,
            _ => 2,
        }
    }
}

/// What became of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableState {
    /// New data is in the extract.
    Written,
    /// The source has not changed since the last run.
    Unchanged,
    /// It failed; what was there before is still there.
    Error,
}

/// One table of a [`Report`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReport {
    /// The registry id.
    pub id: String,
    /// The table's name.
    pub table: String,
    /// What became of it.
    pub state: TableState,
    /// Rows of the table in the extract now.
    pub rows: u64,
    /// Bytes of its parquet file now.
    pub bytes: u64,
    /// Rows of the source that could not be read and are not in the table.
    pub bad_rows: u64,
    /// Where the first bad row is and what is wrong with it; nothing of its content.
    pub first_bad: Option<String>,
    /// Why the table failed.
    pub error: Option<String>,
    /// Work time.
    pub duration_ms: u64,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Progress {
    /// A table's turn came.
    Started {
        /// The table's name.
        table: String,
        /// Tables before it.
        done: u64,
        /// Tables of this run.
        total: u64,
    },
    /// A table's files are being read; said at most every few megabytes.
    Reading {
        /// The table's name.
        table: String,
        /// Bytes read, as they are on disk.
        bytes: u64,
        /// Bytes there are.
        total_bytes: u64,
        /// Rows read so far.
        rows: u64,
    },
    /// A table is over.
    Finished(TableReport),
    /// The extract is being put in place.
    Publishing,
}
