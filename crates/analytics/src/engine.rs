//! SQL for callers: worker processes, kept warm, each seeing exactly the files of one set of views.

use std::{ffi::OsString, path::PathBuf, sync::Arc, time::Duration};

use agnes_contract::{error::Code, query::QueryResult};
use serde_json::{Map, Value};

use crate::{Objects, Statement, StatementError};

/// How to start a worker: this very program, with arguments that make it one.
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments, `worker` for `agnes`.
    pub args: Vec<OsString>,
}

/// What one statement may cost, and how many run at once.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Memory of one worker, in MiB.
    pub memory_mb: u64,
    /// Threads of one worker.
    pub threads: u32,
    /// How long one statement may run.
    pub timeout: Duration,
    /// Rows in one answer.
    pub max_rows: u64,
    /// Bytes of one answer, as Arrow.
    pub max_result_bytes: u64,
    /// Statements running at once; also the most prepared workers kept.
    pub max_workers: usize,
    /// How long a statement waits for its turn.
    pub queue_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_mb: 512,
            threads: 2,
            timeout: Duration::from_secs(60),
            max_rows: 100_000,
            max_result_bytes: 128 << 20,
            max_workers: 4,
            queue_timeout: Duration::from_secs(10),
        }
    }
}

/// A table a statement may read: its name and the parts it consists of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct View {
    /// The name the statement uses.
    pub name: String,
    /// Parquet files, from [`Objects::path`].
    pub files: Vec<PathBuf>,
}

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

/// Cells as text, for people: column names, then rows.
pub type TextRows = (Vec<String>, Vec<Vec<Option<String>>>);

/// The worker processes.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    objects: Objects,
}

impl Engine {
    /// Starts the first workers in the background. Call inside a tokio runtime.
    #[must_use]
    pub fn start(_command: WorkerCommand, _limits: Limits, objects: Objects) -> Self {
        Self { inner: Arc::new(Inner { objects }) }
    }

    /// The parts the views name.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.inner.objects
    }

    /// Checks a statement and says which tables it reads.
    ///
    /// # Errors
    /// [`StatementError`], with the texts old clients know.
    pub async fn parse(&self, _sql: &str) -> Result<Statement, StatementError> {
        Err(StatementError::Stopping)
    }

    /// Runs a checked statement over exactly these views. `limit` rows at most; 0 and -1 give none.
    ///
    /// # Errors
    /// [`QueryError`]; the next statement is not affected by any of them.
    pub async fn query(&self, _views: Vec<View>, _sql: &str, _limit: i64) -> Result<QueryResult, QueryError> {
        Err(QueryError::Stopping)
    }

    /// The first `n` rows as objects of natural JSON values.
    ///
    /// # Errors
    /// As [`Engine::query`].
    pub async fn sample(&self, _view: View, _n: u32) -> Result<Vec<Map<String, Value>>, QueryError> {
        Err(QueryError::Stopping)
    }

    /// The first `n` rows as text.
    ///
    /// # Errors
    /// As [`Engine::query`].
    pub async fn sample_text(&self, _view: View, _n: u32) -> Result<TextRows, QueryError> {
        Err(QueryError::Stopping)
    }

    /// Ends every idle worker; statements after this are refused.
    pub async fn stop(&self) {}
}
