//! The files views are made for.

use std::{collections::BTreeMap, path::PathBuf};

use agnes_contract::id::SqlIdent;

use crate::{settings::Workspace, sync::Fingerprint};

/// A file and the name of its view.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's stem.
    pub name: String,
    /// Absolute.
    pub path: PathBuf,
    /// As it is now.
    pub file: Fingerprint,
}

/// By name without case: DuckDB does not tell capitals apart.
#[derive(Debug)]
pub struct Sources(BTreeMap<String, Source>);

impl Sources {
    /// Every synced table, then every snapshot whose name is free.
    pub fn find(workspace: &Workspace) -> Self {
        let mut sources = BTreeMap::new();
        let synced = walkdir::WalkDir::new(workspace.parquet_dir()).sort_by_file_name();
        for path in synced.into_iter().flatten().map(walkdir::DirEntry::into_path) {
            add(&mut sources, path);
        }
        let snapshots = walkdir::WalkDir::new(workspace.snapshots_dir()).max_depth(1).sort_by_file_name();
        for path in snapshots.into_iter().flatten().map(walkdir::DirEntry::into_path) {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            if SqlIdent::new(name).is_ok() && path.with_extension("meta.json").is_file() {
                add(&mut sources, path);
            }
        }
        Self(sources)
    }

    /// In the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.values()
    }

    /// Whether there is a file for a view of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(&name.to_lowercase())
    }
}

fn add(sources: &mut BTreeMap<String, Source>, path: PathBuf) {
    if path.extension().is_none_or(|extension| extension != "parquet") {
        return;
    }
    let Some(name) = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned) else { return };
    if let Some(file) = Fingerprint::of(&path) {
        sources.entry(name.to_lowercase()).or_insert(Source { name, path, file });
    }
}
