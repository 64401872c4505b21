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

    /// The error and its causes in one line, for a report.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}
