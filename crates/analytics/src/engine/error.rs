//! What can go wrong while a statement runs.

use agnes_contract::error::Code;

/// Why a statement gave no answer. The message is the `detail` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// DuckDB refused or failed; its own words.
    #[error("Query error: {0}")]
    Failed(String),
    /// It ran past its deadline.
    #[error("Query error: timeout")]
    Timeout,
    /// It needed more memory, or answered with more bytes, than one statement may.
    #[error("Query error: {0}")]
    TooLarge(String),
    /// The worker died under it.
    #[error("Query error: the statement ended its worker process; it may need too much memory")]
    Crashed,
    /// All workers are busy.
    #[error("The server is busy, try again in a moment")]
    Busy,
    /// The server is stopping.
    #[error("The server is stopping")]
    Stopping,
    /// No worker could be had; for the log.
    #[error("query worker failed: {0}")]
    Worker(String),
}

impl QueryError {
    /// The code of the answer.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Failed(_) | Self::Crashed => Code::QueryFailed,
            Self::Timeout => Code::QueryTimeout,
            Self::TooLarge(_) => Code::QueryTooLarge,
            Self::Busy => Code::Busy,
            Self::Stopping => Code::Stopping,
            Self::Worker(_) => Code::Internal,
        }
    }
}
