//! Opening the local database, and waiting a little when somebody else has it.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use duckdb::{AccessMode, Config, Connection};

use crate::error::Error;

/// How long somebody else may hold the file.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(100);

/// For queries: nothing can be changed.
pub fn open_to_read(path: &Path) -> Result<Connection, Error> {
    if !path.exists() {
        return Err(Error::unmet(
            format!("local database {} not found", path.display()),
            "run `da sync` first, or ask the server with `da query --remote`",
        ));
    }
    open(path, AccessMode::ReadOnly, "cannot open the local database")
}

/// For views: made when there is none.
pub fn open_to_write(path: &Path) -> Result<Connection, Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    open(path, AccessMode::ReadWrite, "cannot update the views of the local database")
}

fn open(path: &Path, mode: AccessMode, doing: &'static str) -> Result<Connection, Error> {
    let started = Instant::now();
    loop {
        let config = match mode {
            AccessMode::ReadOnly => Config::default().access_mode(AccessMode::ReadOnly),
            _ => Config::default().access_mode(AccessMode::ReadWrite),
        };
        match config.and_then(|config| Connection::open_with_flags(path, config)) {
            Ok(connection) => return Ok(connection),
            Err(error) if is_locked(&error) && started.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Err(error) if is_locked(&error) => {
                return Err(Error::Database {
                    doing,
                    reason: format!("another program is using {}", path.display()),
                    hint: "close it and try again; what was downloaded is kept",
                });
            }
            Err(error) => {
                return Err(Error::Database {
                    doing,
                    reason: words(&error),
                    hint: "if the file is damaged, move it away and run `da sync`; tables of your own in it go with it",
                });
            }
        }
    }
}

fn is_locked(error: &duckdb::Error) -> bool {
    let text = error.to_string();
    text.contains("Could not set lock") || text.contains("Conflicting lock")
}

/// DuckDB's words on one line.
pub fn words(error: &duckdb::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as an SQL literal.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Text as an SQL identifier.
pub fn identifier(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
