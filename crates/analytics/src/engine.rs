//! SQL for callers: worker processes, kept warm, each seeing exactly the files of one set of views.

use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use agnes_contract::query::QueryResult;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::{
    Error, Objects, Statement, StatementError, cells,
    worker::{
        protocol::{Failure, Prepare, Request, Response, Role, ViewFiles},
        sandbox::Enforced,
    },
};

mod error;
mod files;
mod pool;
mod process;

pub use error::QueryError;
pub(crate) use files::FileWorker;
use pool::{NoTurn, Pool};
use process::{Spawner, Worker};

/// Parsing takes a millisecond; a statement that takes seconds was made to.
const PARSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Statements parsed at once.
const PARSERS: usize = 2;
/// Answers other than Arrow are small, also those about a source with very many tables.
const MOST_ANSWER_BYTES: u64 = 64 << 20;

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

/// Cells as text, for people: column names, then rows.
pub type TextRows = (Vec<String>, Vec<Vec<Option<String>>>);

/// The worker processes.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    limits: Limits,
    objects: Objects,
    spawner: Spawner,
    /// Started, not prepared yet: saves the next statement the start of a process.
    spare: Mutex<Option<Worker>>,
    queries: Pool<Arc<[View]>>,
    parsers: Pool<()>,
    stopped: AtomicBool,
    /// Whether the log has been told that the kernel does not confine workers.
    warned: AtomicBool,
}

impl Engine {
    /// Starts the first worker in the background. Call inside a tokio runtime.
    #[must_use]
    pub fn start(command: WorkerCommand, limits: Limits, objects: Objects) -> Self {
        let engine = Self {
            inner: Arc::new(Inner {
                queries: Pool::new(limits.max_workers),
                parsers: Pool::new(PARSERS),
                spawner: Spawner::new(command),
                spare: Mutex::default(),
                stopped: AtomicBool::new(false),
                warned: AtomicBool::new(false),
                limits,
                objects,
            }),
        };
        engine.refill();
        engine
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
    pub async fn parse(&self, sql: &str) -> Result<Statement, StatementError> {
        crate::statement::precheck(sql)?;
        let parsers = &self.inner.parsers;
        let _turn = parsers.turn(self.inner.limits.queue_timeout).await.map_err(|none| match none {
            NoTurn::Busy => StatementError::Busy,
            NoTurn::Closed => StatementError::Stopping,
        })?;
        let mut worker = match parsers.take(&()) {
            Some(worker) => worker,
            None => self.prepared(Role::Parse).await.map_err(StatementError::Worker)?,
        };
        let request = Request::Check { sql: sql.to_owned() };
        match timeout(PARSE_TIMEOUT, worker.call(&request, MOST_ANSWER_BYTES)).await {
            Ok(Ok((Response::Checked(checked), _))) => {
                parsers.keep((), worker);
                checked
            }
            Ok(Ok((other, _))) => Err(StatementError::Worker(unexpected(other))),
            Ok(Err(_)) | Err(_) => Err(StatementError::NotAllowed("The query is too complex to be read".into())),
        }
    }

    /// Runs a checked statement over exactly these views. `limit` rows at most; 0 and -1 give none.
    ///
    /// # Errors
    /// [`QueryError`]; the next statement is not affected by any of them.
    pub async fn query(&self, views: Vec<View>, sql: &str, limit: i64) -> Result<QueryResult, QueryError> {
        let rows = match limit {
            ..-1 => return Err(QueryError::Failed("the limit must not be negative".into())),
            limit => u64::try_from(limit).unwrap_or(0).min(self.inner.limits.max_rows),
        };
        let (arrow, truncated) = self.run(views, sql, rows).await?;
        let (columns, rows) = off_thread(move || cells::rows(&arrow)).await?;
        Ok(QueryResult { columns, row_count: rows.len() as u64, rows, truncated })
    }

    /// The first `n` rows as objects of natural JSON values.
    ///
    /// # Errors
    /// As [`Engine::query`].
    pub async fn sample(&self, view: View, n: u32) -> Result<Vec<Map<String, Value>>, QueryError> {
        let arrow = self.first_rows(view, n).await?;
        off_thread(move || cells::objects(&arrow)).await
    }

    /// The first `n` rows as text.
    ///
    /// # Errors
    /// As [`Engine::query`].
    pub async fn sample_text(&self, view: View, n: u32) -> Result<TextRows, QueryError> {
        let arrow = self.first_rows(view, n).await?;
        off_thread(move || cells::texts(&arrow)).await
    }

    /// Ends every idle worker; statements after this are refused. Running ones end as they would.
    pub async fn stop(&self) {
        self.inner.stopped.store(true, Ordering::Release);
        self.inner.queries.close().await;
        self.inner.parsers.close().await;
        let spare = self.inner.spare.lock().take();
        if let Some(worker) = spare {
            worker.end().await;
        }
    }

    async fn first_rows(&self, view: View, n: u32) -> Result<Vec<u8>, QueryError> {
        let sql = format!("SELECT * FROM \"{}\" LIMIT {n}", view.name.replace('"', "\"\""));
        Ok(self.run(vec![view], &sql, n.into()).await?.0)
    }

    /// Runs a statement in a worker for these views. Whenever this future is dropped or fails, the
    /// worker goes with it; only one that has answered is kept.
    async fn run(&self, mut views: Vec<View>, sql: &str, rows: u64) -> Result<(Vec<u8>, bool), QueryError> {
        let Limits { timeout: deadline, queue_timeout, max_result_bytes: bytes, .. } = self.inner.limits;
        let _turn = self.inner.queries.turn(queue_timeout).await.map_err(|none| match none {
            NoTurn::Busy => QueryError::Busy,
            NoTurn::Closed => QueryError::Stopping,
        })?;
        views.sort();
        let key: Arc<[View]> = views.into();
        let request = Request::Query { sql: sql.to_owned(), rows, bytes };
        let answered = timeout(deadline, async {
            let mut worker = match self.inner.queries.take(&key) {
                Some(worker) => worker,
                None => self.prepared(Role::query(&key)).await.map_err(QueryError::Worker)?,
            };
            let answer = worker.call(&request, bytes).await.map_err(|error| {
                tracing::warn!(error = %error, "A worker died under a statement");
                QueryError::Crashed
            })?;
            Ok((worker, answer))
        });
        let (worker, (response, arrow)) = answered.await.map_err(|_| QueryError::Timeout)??;
        match response {
            Response::Rows { truncated } => {
                self.inner.queries.keep(key, worker);
                Ok((arrow, truncated))
            }
            Response::Failed(Failure::Engine(text)) => {
                self.inner.queries.keep(key, worker);
                Err(QueryError::Failed(self.without_paths(&text)))
            }
            // It may still hold what it could not use: not kept.
            Response::Failed(Failure::Limit(text)) => Err(QueryError::TooLarge(self.without_paths(&text))),
            other => Err(QueryError::Worker(unexpected(other))),
        }
    }

    /// A worker confined to and ready for a role.
    async fn prepared(&self, role: Role) -> Result<Worker, String> {
        if self.inner.stopped.load(Ordering::Acquire) {
            return Err("the server is stopping".into());
        }
        let spare = self.inner.spare.lock().take();
        let alive = spare.and_then(|mut worker| worker.is_alive().then_some(worker));
        let mut worker = match alive {
            Some(worker) => worker,
            None => self.inner.spawner.spawn().await.map_err(|error| format!("it did not start: {error}"))?,
        };
        self.refill();
        let Limits { memory_mb, threads, .. } = self.inner.limits;
        let request = Request::Prepare(Prepare { role, memory_mb, threads });
        match worker.call(&request, MOST_ANSWER_BYTES).await {
            Ok((Response::Ready { sandbox }, _)) => {
                self.note(sandbox);
                Ok(worker)
            }
            Ok((other, _)) => Err(unexpected(other)),
            Err(error) => Err(format!("it ended while it was prepared: {error}")),
        }
    }

    fn note(&self, sandbox: Enforced) {
        if sandbox == Enforced::Fully || self.inner.warned.swap(true, Ordering::Relaxed) {
            return;
        }
        let how = if sandbox == Enforced::No { "not confine" } else { "only partly confine" };
        tracing::warn!(
            "This kernel does {how} query workers (Landlock); DuckDB's own restrictions still hold. \
             Use Linux 6.12 or newer with Landlock switched on"
        );
    }

    fn refill(&self) {
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            let Some(inner) = inner.upgrade() else { return };
            if inner.spare.lock().is_some() || inner.stopped.load(Ordering::Acquire) {
                return;
            }
            match inner.spawner.spawn().await {
                Ok(worker) => {
                    let mut spare = inner.spare.lock();
                    if spare.is_none() && !inner.stopped.load(Ordering::Acquire) {
                        *spare = Some(worker);
                    }
                }
                Err(error) => tracing::error!(error = %error, "Could not start a worker"),
            }
        });
    }

    /// DuckDB's words name files as they are on this machine; callers know parts by their digest.
    fn without_paths(&self, text: &str) -> String {
        text.replace(&self.inner.objects.dir().display().to_string(), "objects")
    }

    /// A worker of its own for reading what connectors left.
    pub(crate) async fn file_worker(&self, read: Vec<PathBuf>, write: Vec<PathBuf>) -> Result<FileWorker, Error> {
        if self.inner.stopped.load(Ordering::Acquire) {
            return Err(Error::Stopping);
        }
        let worker = self.prepared(Role::Files { read, write }).await.map_err(Error::Worker)?;
        Ok(FileWorker::new(worker))
    }
}

impl Role {
    fn query(views: &[View]) -> Self {
        let views = views.iter().map(|view| ViewFiles { name: view.name.clone(), files: view.files.clone() });
        Self::Query { views: views.collect() }
    }
}

/// What a worker said when something else was due.
pub(crate) fn unexpected(response: Response) -> String {
    match response {
        Response::Failed(failure) => failure.text(),
        _ => "it gave an answer to another question".into(),
    }
}

/// Does something with somebody's bytes where neither its time nor a panic hurts others.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, arrow::error::ArrowError> + Send + 'static,
) -> Result<T, QueryError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other);
    done.map_err(|error| QueryError::Worker(error.to_string()))?.map_err(|error| QueryError::Failed(error.to_string()))
}
