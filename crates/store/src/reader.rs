//! Reading beside the writer, on connections of its own.

use std::sync::Arc;

use duckdb::Connection;
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::{AuditFilter, AuditRow, Error, HistoryRow, audit, history, sql};

/// How many reads run at once; more wait.
const READERS: usize = 2;

/// A consistent view of everything committed, for what is not in the directory.
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// The newest audit rows that match.
    ///
    /// # Errors
    /// Those of the database.
    pub fn audit(&self, limit: u32, filter: &AuditFilter) -> Result<Vec<AuditRow>, Error> {
        audit::list(&self.connection, limit, filter)
    }

    /// The history of a table's syncs, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sync_history(&self, table: &str, limit: u32) -> Result<Vec<HistoryRow>, Error> {
        history::list(&self.connection, table, limit)
    }

    /// The schema version on record; a cheap sign of life.
    ///
    /// # Errors
    /// Those of the database.
    pub fn schema_version(&self) -> Result<u64, Error> {
        let sql = "SELECT max(version) AS n FROM schema_version";
        sql::count(&self.connection, "read the schema version", sql, &[])
    }
}

/// The pool of readers.
pub(crate) struct Readers {
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Reader>>>,
}

/// Gives its reader back, also when the read panics.
struct Borrowed {
    reader: Option<Reader>,
    idle: Arc<Mutex<Vec<Reader>>>,
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.idle.lock().extend(self.reader.take());
    }
}

impl Readers {
    pub(crate) fn new(connect: impl Fn() -> Result<Connection, Error>) -> Result<Self, Error> {
        let idle = (0..READERS).map(|_| Ok(Reader { connection: connect()? })).collect::<Result<Vec<_>, Error>>()?;
        Ok(Self { permits: Arc::new(Semaphore::new(READERS)), idle: Arc::new(Mutex::new(idle)) })
    }

    pub(crate) async fn read<T, F>(&self, f: F) -> Result<T, Error>
    where
        F: FnOnce(&Reader) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Error::Closed)?;
        let idle = Arc::clone(&self.idle);
        let read = move || {
            // Dropped in reverse: the reader is back before the permit is.
            let _permit = permit;
            let reader = idle.lock().pop();
            let borrowed = Borrowed { reader, idle };
            f(borrowed.reader.as_ref().ok_or(Error::Closed)?)
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| Error::Panicked)?
    }

    /// Waits for running reads, refuses new ones, and lets go of the database.
    pub(crate) async fn close(&self) {
        let all = self.permits.acquire_many(u32::try_from(READERS).unwrap_or(1)).await;
        self.permits.close();
        drop(all);
        let idle = std::mem::take(&mut *self.idle.lock());
        // Closing is a DuckDB call like any other.
        let _ = tokio::task::spawn_blocking(move || drop(idle)).await;
    }
}
