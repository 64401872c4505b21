//! What a sync will do, decided by the manifest and by what is on disk.

use std::collections::BTreeSet;

use agnes_contract::{
    id::TableKey,
    sync::{Manifest, ManifestTable},
};
use futures::{StreamExt as _, stream};

use super::{Fingerprint, Job, Record, State, TableError, digests::md5_of};
use crate::settings::Workspace;

/// Everything a sync is about.
#[derive(Debug, Default)]
pub struct Plan {
    /// To fetch, by name.
    pub downloads: Vec<Job>,
    /// Good as they are.
    pub unchanged: Vec<TableKey>,
    /// Good as they are, but not yet known to be.
    pub adopted: Vec<(TableKey, Record)>,
    /// Not for this machine.
    pub remote: Vec<String>,
    /// Names that cannot be files.
    pub refused: Vec<(String, TableError)>,
    /// Here, but no longer the caller's to hold.
    pub vanished: Vec<String>,
    /// Tables in the manifest.
    pub total: usize,
}

/// How thorough to be, and how wide.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Only this table.
    pub table: Option<String>,
    /// Read every file again.
    pub verify: bool,
    /// How many files at a time.
    pub jobs: usize,
}

enum Finding {
    Unchanged(TableKey),
    Adopted(TableKey, Record),
    Download(TableKey, ManifestTable),
}

impl Plan {
    /// Looks at the manifest, the memory and the disk.
    pub async fn make(workspace: &Workspace, state: &State, manifest: &Manifest, scope: &Scope) -> Self {
        let mut plan = Self { total: manifest.tables.len(), ..Self::default() };
        let mut folded = BTreeSet::new();
        let mut candidates = Vec::new();
        for (name, entry) in &manifest.tables {
            if scope.table.as_ref().is_some_and(|table| table != name) {
                continue;
            }
            match TableKey::new(name.as_str()) {
                Err(_) => {
                    plan.refused.push((name.clone(), TableError::Name("not a table name that can be a file".into())))
                }
                Ok(_) if entry.query_mode == "remote" => plan.remote.push(name.clone()),
                // Two names that differ in case alone are one file on some disks, and one view everywhere.
                Ok(key) if !folded.insert(name.to_ascii_lowercase()) => {
                    let text = format!("another table has the same name but for capitals: {key}");
                    plan.refused.push((name.clone(), TableError::Name(text)));
                }
                Ok(key) => candidates.push((key, entry.clone())),
            }
        }
        let findings = stream::iter(candidates.into_iter().map(|(key, entry)| {
            let path = workspace.parquet(&key);
            let record = state.find(&key).cloned();
            let verify = scope.verify;
            async move {
                let fallback = (key.clone(), entry.clone());
                let looked = tokio::task::spawn_blocking(move || look(key, entry, &path, record, verify)).await;
                looked.unwrap_or(Finding::Download(fallback.0, fallback.1))
            }
        }));
        let findings: Vec<Finding> = findings.buffered(scope.jobs).collect().await;
        for finding in findings {
            plan.add(workspace, finding);
        }
        if scope.table.is_none() {
            let kept = |name: &str| manifest.tables.get(name).is_some_and(|entry| entry.query_mode != "remote");
            plan.vanished = state.tables().keys().filter(|name| !kept(name)).cloned().collect();
        }
        plan
    }

    fn add(&mut self, workspace: &Workspace, finding: Finding) {
        match finding {
            Finding::Unchanged(key) => self.unchanged.push(key),
            Finding::Adopted(key, record) => self.adopted.push((key, record)),
            Finding::Download(key, entry) => match Job::new(workspace, key.clone(), entry) {
                Ok(job) => self.downloads.push(job),
                Err(error) => self.refused.push((key.to_string(), TableError::Name(error.to_string()))),
            },
        }
    }

    /// Bytes to fetch, as far as the manifest says.
    pub fn bytes(&self) -> u64 {
        self.downloads.iter().map(|job| job.entry.size_bytes).fold(0, u64::saturating_add)
    }
}

fn look(key: TableKey, entry: ManifestTable, path: &std::path::Path, record: Option<Record>, verify: bool) -> Finding {
    let Some(file) = Fingerprint::of(path) else { return Finding::Download(key, entry) };
    let known = record.filter(|record| record.is_of(&entry));
    if !verify && known.as_ref().is_some_and(|record| record.file == Some(file)) {
        return Finding::Unchanged(key);
    }
    let expected = match (&known, entry.hash.is_empty()) {
        (_, false) => Some(entry.hash.to_ascii_lowercase()),
        (Some(record), true) if !record.md5.is_empty() => Some(record.md5.clone()),
        _ => None,
    };
    // Reading a file of another size would be for nothing.
    let may_match = entry.parts.len() != 1 || entry.size_bytes == file.size_bytes;
    match expected {
        Some(expected) if may_match && md5_of(path).is_ok_and(|md5| md5 == expected) => {
            let record = Record::new(&entry, expected, Some(file));
            Finding::Adopted(key, record)
        }
        _ => Finding::Download(key, entry),
    }
}
