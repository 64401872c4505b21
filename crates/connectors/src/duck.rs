//! The DuckDB of this process: small, without network, and at home in a few folders only.

use std::path::Path;

use duckdb::{Config, Connection};

use crate::error::Error;

/// Settings of every instance: bounded memory, and nothing that would fetch an extension.
pub(crate) fn config(memory_mb: u32) -> Result<Config, Error> {
    // More threads would hold more row groups in memory than they save time on one file.
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get().min(4));
    Config::default()
        .with("autoinstall_known_extensions", "false")
        .and_then(|config| config.with("autoload_known_extensions", "false"))
        .and_then(|config| config.max_memory(&format!("{memory_mb}MB")))
        .and_then(|config| config.threads(i64::try_from(threads).unwrap_or(2)))
        .map_err(Error::during("set DuckDB up"))
}

/// An instance in memory that reads and writes below these folders and spills into `scratch`.
pub(crate) fn open(memory_mb: u32, scratch: &Path, folders: &[&Path]) -> Result<Connection, Error> {
    let connection = Connection::open_in_memory_with_flags(config(memory_mb)?).map_err(Error::during("open DuckDB"))?;
    let folders: Vec<String> = folders.iter().map(|folder| path_literal(folder)).collect::<Result<_, _>>()?;
    connection
        .execute_batch(&format!(
            "SET temp_directory = {};
             SET allowed_directories = [{}];
             SET enable_external_access = false;
             SET lock_configuration = true;",
            path_literal(&scratch.join("spill"))?,
            folders.join(", "),
        ))
        .map_err(Error::during("lock DuckDB down"))?;
    Ok(connection)
}

/// A path as an SQL literal; DuckDB takes no parameter where it is needed.
pub(crate) fn path_literal(path: &Path) -> Result<String, Error> {
    path.to_str().map(literal).ok_or_else(|| Error::PathNotText(path.to_owned()))
}

/// A text as an SQL literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as an SQL identifier.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
