//! The folder synced data lives in, and what is where inside.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use agnes_contract::id::TableKey;

use crate::error::Error;

/// What the generated guide of a workspace contains.
const MARKER: &str = "AI Data Analyst";

/// A workspace, by its absolute path.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The folder that was named, else the nearest workspace above, else the current folder.
    pub fn find(named: Option<&Path>) -> Result<Self, Error> {
        let here = env::current_dir().map_err(Error::file("find", "."))?;
        let root = match named {
            Some(folder) => here.join(folder),
            None => here.ancestors().find(|folder| is_workspace(folder)).unwrap_or(&here).to_owned(),
        };
        let root = std::path::absolute(&root).map_err(Error::file("find", root))?;
        Ok(Self { root: settled(root) })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where synced tables are.
    pub fn parquet_dir(&self) -> PathBuf {
        self.root.join("server/parquet")
    }

    /// Where one synced table is.
    pub fn parquet(&self, key: &TableKey) -> PathBuf {
        self.parquet_dir().join(format!("{key}.parquet"))
    }

    /// Held by the one `da` that changes the workspace.
    pub fn lock_file(&self) -> PathBuf {
        self.root.join("server/.da.lock")
    }

    /// The local database.
    pub fn database(&self) -> PathBuf {
        self.root.join("user/duckdb/analytics.duckdb")
    }

    /// What the views in the database were made from.
    pub fn views_file(&self) -> PathBuf {
        self.root.join("user/duckdb/.da-views.json")
    }

    /// Where snapshots are.
    pub fn snapshots_dir(&self) -> PathBuf {
        self.root.join("user/snapshots")
    }
}

/// One form for one folder, whether it exists yet or not: state is kept by it.
fn settled(path: PathBuf) -> PathBuf {
    let existing = path.ancestors().find_map(|folder| Some((folder, fs::canonicalize(folder).ok()?)));
    match existing.and_then(|(folder, real)| Some((real, path.strip_prefix(folder).ok()?))) {
        Some((real, rest)) if rest.as_os_str().is_empty() => real,
        Some((real, rest)) => real.join(rest),
        None => path,
    }
}

fn is_workspace(folder: &Path) -> bool {
    folder.join("user/duckdb/analytics.duckdb").is_file()
        || fs::read_to_string(folder.join("CLAUDE.md")).is_ok_and(|text| text.contains(MARKER))
}
