//! What can go wrong between a source and its extract.

use std::io;
use std::path::PathBuf;

/// Why an extract or the sample shop was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file operation failed.
    #[error("could not {action} {}", path.display())]
    Io {
        /// What we were doing: `create`, `rename`.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// DuckDB refused a statement of ours.
    #[error("could not {action}")]
    Duckdb {
        /// What we were doing.
        action: &'static str,
        /// What DuckDB said.
        source: duckdb::Error,
    },
    /// Another process writes this source.
    #[error("another run is writing the source {0}")]
    Busy(String),
    /// A path that cannot stand in an extract, because DuckDB would not find it again.
    #[error("the path {} is not valid UTF-8", .0.display())]
    PathNotText(PathBuf),
    /// A text could not be written as JSON, or read back.
    #[error("could not {action}")]
    Json {
        /// What we were doing.
        action: &'static str,
        /// What was wrong with it.
        source: serde_json::Error,
    },
    /// A table called like one of the extract's own.
    #[error("`{0}` is a name the extract keeps for itself")]
    Reserved(String),
    /// A table whose name cannot stand in SQL.
    #[error("`{0}` is not a table name: letters, digits and _, not starting with a digit, at most 64")]
    TableName(String),
    /// Two tables of one name; DuckDB does not tell upper from lower case.
    #[error("another table is called `{0}`")]
    SameName(String),
    /// A path that leads out of the root, or could.
    #[error("`{0}` is not a path inside of the folder")]
    UnsafePath(String),
    /// Nothing there.
    #[error("no file `{0}`")]
    NoMatch(String),
    /// More than one file is called like the table.
    #[error("more than one file is called like the table: `{0}`; name one of them")]
    Ambiguous(String),
    /// An ending we do not know.
    #[error("`{0}` is neither CSV, TSV, JSON lines nor Parquet (.csv .tsv .jsonl .parquet, with .gz or .zst)")]
    UnknownFormat(String),
    /// A folder, a pipe, a device.
    #[error("`{0}` is not a regular file")]
    NotAFile(String),
    /// Parquet beside text files in one pattern.
    #[error("the pattern matches Parquet and text files; a table is made of one kind")]
    Mixed,
    /// Somebody is still writing it.
    #[error("`{0}` changed while it was read; the next run tries again")]
    ChangedWhileRead(String),
    /// A file without a byte of content.
    #[error("`{0}` is empty")]
    EmptyFile(String),
    /// The first line is no header.
    #[error("the header line of `{file}` cannot be read: {cause}")]
    Header {
        /// The file.
        file: String,
        /// What is wrong with it.
        cause: &'static str,
    },
    /// A JSON document where lines of JSON should be.
    #[error("`{0}` is a JSON list; put one object on each line instead")]
    JsonList(String),
    /// Not one good row.
    #[error("not one of {rows} rows can be read; {first}")]
    EveryRowBad {
        /// Rows there are.
        rows: u64,
        /// What is wrong with the first.
        first: String,
    },
    /// No row names a column.
    #[error("no row of `{0}` has a column")]
    NoColumns(String),
    /// More columns than a table may have.
    #[error("more than {0} columns")]
    TooManyColumns(usize),
    /// The disk is as good as full.
    #[error("less than 256 MiB of disk space are left")]
    NoSpace,
    /// DuckDB wrote another number of rows than it was given.
    #[error("{given} rows were read, but {written} were written")]
    RowsLost {
        /// Rows read.
        given: u64,
        /// Rows in the parquet file.
        written: u64,
    },
    /// The request to `agnes extract` makes no sense.
    #[error("could not read the extract request: {0}")]
    Request(String),
}

impl Error {
    /// Wraps the error of a file operation: `.map_err(Error::io("create", path))`.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// Wraps an error of DuckDB: `.map_err(Error::during("write the parquet file"))`.
    pub(crate) fn during(action: &'static str) -> impl FnOnce(duckdb::Error) -> Self {
        move |source| Self::Duckdb { action, source }
    }

    /// The error and its causes in one short line, for a report.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            // DuckDB goes on for lines, quoting the data it stumbled over.
            let line = error.to_string();
            let line = line.lines().next().unwrap_or_default();
            text.push_str(": ");
            text.extend(line.chars().take(160));
            // What comes below an error of DuckDB is its number, which says nothing.
            cause = error.source().filter(|_| !error.is::<duckdb::Error>());
        }
        text
    }
}
