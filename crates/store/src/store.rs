//! The handle everybody holds.

use std::{
    fs::{DirBuilder, Permissions},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::ArcSwap;
use duckdb::{Config, Connection};

use crate::{
    Clock, Directory, Error, Reader, Sessions, Tx, lock::Lock, reader::Readers, schema, seed, session, writer::Queue,
    writer::Writer,
};

/// What a store needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// `DATA_DIR/state`; made when missing, readable by its owner alone.
    pub state_dir: PathBuf,
    /// Tells the time.
    pub clock: Clock,
    /// How much memory DuckDB may use for it.
    pub memory_limit_mb: u32,
}

/// The system database. Cheap to clone; every clone is the same one.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    directory: Arc<ArcSwap<Directory>>,
    clock: Clock,
    sessions: Sessions,
    readers: Readers,
    queue: Queue,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database of a state directory, makes what is missing in it, and starts its writer. Blocks; call it
    /// off the async threads.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process owns it, [`Error::SchemaTooOld`] and [`Error::SchemaTooNew`] when this
    /// program cannot read it; those of the file system and the database.
    pub fn open(options: Options) -> Result<Self, Error> {
        let Options { state_dir, clock, memory_limit_mb } = options;
        make_private(&state_dir)?;
        let lock = Lock::acquire(&state_dir, &clock)?;
        let file = state_dir.join("system.duckdb");
        let connection = connect(&file, memory_limit_mb)?;
        schema::prepare(&connection, &file, clock.now())?;
        seed::system_groups(&connection, clock.now())?;

        let directory = Arc::new(ArcSwap::from_pointee(Directory::load(&connection)?));
        let rows = session::load(&connection, clock.now())?;
        let readers = Readers::new(|| in_utc(connection.try_clone().map_err(Error::during("connect"))?))?;
        let writer = Writer::new(connection, clock.clone(), Arc::clone(&directory), lock);
        let queue = writer.start().map_err(|source| Error::File { doing: "start a thread for", path: file, source })?;
        let sessions = Sessions::new(rows, queue.clone());
        Ok(Self(Arc::new(Inner { directory, clock, sessions, readers, queue })))
    }

    /// Who there is, what they may use and what is published, as of the last committed change.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.0.directory.load_full()
    }

    /// The clock it was opened with.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Runs one use case in one transaction. An `Err` or a panic keeps nothing of it; after an `Ok` the directory
    /// shows it. When the returned future is dropped the use case may still run, wholly or not at all.
    ///
    /// # Errors
    /// Whatever the use case answers; [`Error::Panicked`], [`Error::Closed`], and those of the database.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<Error> + Send + 'static,
        T: Send + 'static,
    {
        self.0.queue.transact(f).await
    }

    /// The same for what may be lost with the file without anybody missing it: last-use times, sessions.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_volatile<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<Error> + Send + 'static,
        T: Send + 'static,
    {
        self.0.queue.transact(f).await
    }

    /// Reads what is not in the directory, on a connection of its own, off the async threads.
    ///
    /// # Errors
    /// Whatever the read answers; [`Error::Panicked`], [`Error::Closed`].
    pub async fn read<T, F>(&self, f: F) -> Result<T, Error>
    where
        F: FnOnce(&Reader) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        self.0.readers.read(f).await
    }

    /// Who is signed in to the console.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Finishes what was begun, folds the log into the file, and lets go of the directory. What comes later answers
    /// [`Error::Closed`]; so does closing twice.
    ///
    /// # Errors
    /// When the log could not be folded in; it is kept and replayed at the next start.
    pub async fn close(&self) -> Result<(), Error> {
        self.0.readers.close().await;
        self.0.queue.close().await
    }
}

fn make_private(state_dir: &Path) -> Result<(), Error> {
    let made = match DirBuilder::new().recursive(true).mode(0o700).create(state_dir) {
        Ok(()) => std::fs::set_permissions(state_dir, Permissions::from_mode(0o700)),
        Err(error) => Err(error),
    };
    made.map_err(|source| Error::File { doing: "make the directory", path: state_dir.to_owned(), source })
}

fn connect(file: &Path, memory_limit_mb: u32) -> Result<Connection, Error> {
    let during = Error::during("open the system database");
    let config = Config::default()
        .max_memory(&format!("{memory_limit_mb}MB"))
        .and_then(|config| config.threads(2))
        // The bundled extensions are all it needs; it must never look for others.
        .and_then(|config| config.with("autoinstall_known_extensions", "false"))
        .map_err(&during)?;
    in_utc(Connection::open_with_flags(file, config).map_err(&during)?)
}

/// Times are stored as UTC without a zone; a session that thinks otherwise would shift them when it converts.
fn in_utc(connection: Connection) -> Result<Connection, Error> {
    connection.execute_batch("SET TimeZone = 'UTC'").map_err(Error::during("set the time zone"))?;
    Ok(connection)
}
