//! The one thread that changes the system database.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use duckdb::Connection;
use tokio::sync::{mpsc, oneshot};
use tracing::{debug, error, warn};

use crate::{Clock, Directory, Error, Tx, lock::Lock};

/// How many use cases may wait; more wait for a place.
const QUEUE: usize = 256;
/// A write-ahead log is folded into the file this long after the first change in it.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(180);

type Job = Box<dyn FnOnce(&mut Writer) + Send>;

enum Command {
    Run(Job),
    Close(oneshot::Sender<Result<(), Error>>),
}

/// The way to the writer.
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Command>);

impl Queue {
    /// Runs a use case and answers when it is committed and visible. Once it is in the queue it runs, whether or not
    /// somebody still waits for the answer.
    pub(crate) async fn transact<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<Error> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let job: Job = Box::new(move |writer| {
            // Nobody listening is fine: the change is made all the same.
            let _ = answer.send(writer.transact(f));
        });
        self.0.send(Command::Run(job)).await.map_err(|_| Error::Closed)?;
        outcome.await.map_err(|_| Error::Closed)?
    }

    /// Leaves a use case with the writer if there is a place. Answers whether there was.
    pub(crate) fn submit<F>(&self, f: F) -> bool
    where
        F: FnOnce(&mut Tx<'_>) -> Result<(), Error> + Send + 'static,
    {
        let job: Job = Box::new(move |writer| {
            if let Err(error) = writer.transact(f) {
                warn!(error = &error as &dyn std::error::Error, "A background write failed");
            }
        });
        self.0.try_send(Command::Run(job)).is_ok()
    }

    pub(crate) async fn close(&self) -> Result<(), Error> {
        let (answer, outcome) = oneshot::channel();
        self.0.send(Command::Close(answer)).await.map_err(|_| Error::Closed)?;
        outcome.await.map_err(|_| Error::Closed)?
    }
}

pub(crate) struct Writer {
    connection: Connection,
    clock: Clock,
    directory: Arc<ArcSwap<Directory>>,
    changed_since: Option<Instant>,
    // Last: the directory is let go of only after the database is closed.
    _lock: Lock,
}

impl Writer {
    pub(crate) fn new(connection: Connection, clock: Clock, directory: Arc<ArcSwap<Directory>>, lock: Lock) -> Self {
        Self { connection, clock, directory, changed_since: None, _lock: lock }
    }

    /// Starts the thread.
    pub(crate) fn start(self) -> Result<Queue, std::io::Error> {
        // Only for waiting with a deadline; DuckDB runs beside it, on the same thread.
        let waiting = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let (sender, commands) = mpsc::channel(QUEUE);
        std::thread::Builder::new().name("agnes-store".to_owned()).spawn(move || self.run(&waiting, commands))?;
        Ok(Queue(sender))
    }

    fn run(mut self, waiting: &tokio::runtime::Runtime, mut commands: mpsc::Receiver<Command>) {
        loop {
            let left = self.changed_since.map(|since| CHECKPOINT_EVERY.saturating_sub(since.elapsed()));
            let command = match left {
                Some(left) if left.is_zero() => {
                    let _ = self.checkpoint();
                    continue;
                }
                Some(left) => waiting.block_on(async { tokio::time::timeout(left, commands.recv()).await }),
                None => Ok(commands.blocking_recv()),
            };
            match command {
                Err(_elapsed) => {}
                Ok(Some(Command::Run(job))) => job(&mut self),
                Ok(Some(Command::Close(answer))) => {
                    let outcome = self.checkpoint();
                    drop(commands);
                    drop(self);
                    let _ = answer.send(outcome);
                    return;
                }
                Ok(None) => {
                    let _ = self.checkpoint();
                    return;
                }
            }
        }
    }

    fn transact<T, E, F>(&mut self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
        E: From<Error>,
    {
        self.connection.execute_batch("BEGIN TRANSACTION").map_err(Error::during("begin a transaction"))?;
        let mut tx = Tx::new(&self.connection, self.clock.now());
        let outcome = match catch_unwind(AssertUnwindSafe(|| f(&mut tx))) {
            Ok(Ok(value)) => self.commit(&tx).map(|()| value).map_err(E::from),
            Ok(Err(refused)) => Err(refused),
            Err(_panic) => {
                error!("A use case panicked inside its transaction; nothing of it was kept");
                Err(Error::Panicked.into())
            }
        };
        let changed = tx.changed_anything();
        match &outcome {
            Ok(_) if changed => {
                self.changed_since.get_or_insert_with(Instant::now);
            }
            Ok(_) => {}
            Err(_) => self.roll_back(),
        }
        outcome
    }

    /// Reads what was touched, commits, and shows it, in this order: a change that cannot be read back is not made.
    fn commit(&self, tx: &Tx<'_>) -> Result<(), Error> {
        let touched = tx.touched.take();
        let next = self.directory.load().after(&self.connection, &touched)?;
        self.connection.execute_batch("COMMIT").map_err(Error::during("commit"))?;
        if let Some(next) = next {
            self.directory.store(Arc::new(next));
        }
        Ok(())
    }

    fn roll_back(&self) {
        // A failed COMMIT has rolled back already, and says so.
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            debug!(error = &error as &dyn std::error::Error, "Nothing to roll back");
        }
    }

    fn checkpoint(&mut self) -> Result<(), Error> {
        self.changed_since = None;
        let outcome = self.connection.execute_batch("CHECKPOINT").map_err(Error::during("checkpoint"));
        if let Err(error) = &outcome {
            // The log keeps everything; the next start replays it.
            warn!(error = error as &dyn std::error::Error, "Could not fold the write-ahead log into the file");
        }
        outcome
    }
}
