//! Why the system database could not do something.

use std::path::PathBuf;

/// One variant per cause; messages name what was being done and never repeat their source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process owns the directory.
    #[error("{} is in use by {holder}; stop it first, or choose another data directory", state_dir.display())]
    Locked {
        /// The state directory.
        state_dir: PathBuf,
        /// Process, host and since when, as the holder wrote them.
        holder: String,
    },
    /// The directory's schema is older than what can be read.
    #[error(
        "the system database has schema version {version}, which is too old to open: start Agnes 0.14.0 on this data \
         directory once, which upgrades it to version {}, stop it, and start this server again",
        crate::REFERENCE_VERSION
    )]
    SchemaTooOld {
        /// The version found.
        version: i64,
    },
    /// The directory was written by a newer program.
    #[error(
        "the system database was written by a newer version of Agnes ({schema} version {version}, this program knows \
         {known}): install that version, or restore a backup made by this one"
    )]
    SchemaTooNew {
        /// Which of the two version tables says so.
        schema: &'static str,
        /// The version found.
        version: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// DuckDB failed a statement.
    #[error("could not {doing}")]
    Database {
        /// What the statement was for.
        doing: &'static str,
        /// DuckDB's reason.
        source: duckdb::Error,
    },
    /// A file could not be made, read or locked.
    #[error("could not {doing} {}", path.display())]
    File {
        /// What was being done to it.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A stored value is not what its column holds.
    #[error("column `{column}` holds something unreadable while trying to {doing}")]
    Unreadable {
        /// What the row was read for.
        doing: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A row with the same id, or another value that must be unique, is there already.
    #[error("there is such a {what} already")]
    Duplicate {
        /// A noun: `user`, `group`, `grant`, `table`, `token`, `link`, `published table`.
        what: &'static str,
    },
    /// The row that was to be changed is gone.
    #[error("there is no such {what}")]
    Missing {
        /// A noun, as in [`Error::Duplicate`].
        what: &'static str,
    },
    /// A publication was planned against a generation that is no longer the current one.
    #[error("the publication was planned as generation {given}, but the next one is {next}")]
    StaleGeneration {
        /// What the plan assumed.
        given: u64,
        /// What would have been right.
        next: u64,
    },
    /// A use case panicked; nothing of it was kept.
    #[error("the change was abandoned half way; nothing of it was kept")]
    Panicked,
    /// The writer is gone or the store is closed.
    #[error("the system database is closed")]
    Closed,
}

impl Error {
    pub(crate) fn during(doing: &'static str) -> impl Fn(duckdb::Error) -> Self {
        move |source| Self::Database { doing, source }
    }
}
