//! What was synced into a workspace from a server. Only a memory: what is on disk decides.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use agnes_contract::{id::TableKey, sync::ManifestTable};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Fingerprint;
use crate::{
    clock,
    error::Error,
    files,
    settings::{ServerUrl, Workspace},
};

/// A save is small but not free; what a crash forgets is found again on disk.
const SAVE_EVERY: Duration = Duration::from_millis(500);

/// What is known about one synced table. The first three keys are those old clients know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// As in the manifest; may be empty.
    #[serde(default)]
    pub hash: String,
    /// As in the manifest.
    #[serde(default)]
    pub rows: u64,
    /// As in the manifest.
    #[serde(default)]
    pub size_bytes: u64,
    /// As in the manifest; may be empty.
    #[serde(default)]
    pub digest: String,
    /// Of the file, as verified.
    #[serde(default)]
    pub md5: String,
    /// Of the file, right after it was verified.
    #[serde(default)]
    pub file: Option<Fingerprint>,
}

impl Record {
    /// A verified file.
    pub fn new(entry: &ManifestTable, md5: String, file: Option<Fingerprint>) -> Self {
        Self {
            hash: entry.hash.clone(),
            rows: entry.rows,
            size_bytes: entry.size_bytes,
            digest: entry.digest.clone(),
            md5,
            file,
        }
    }

    /// Whether the manifest still means the content this is about.
    pub fn is_of(&self, entry: &ManifestTable) -> bool {
        match (entry.hash.is_empty(), entry.digest.is_empty()) {
            (false, _) => self.hash.eq_ignore_ascii_case(&entry.hash),
            (true, false) => self.digest == entry.digest,
            (true, true) => false,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Content {
    #[serde(default)]
    server: Option<String>,
    #[serde(default)]
    workspace: Option<PathBuf>,
    #[serde(default)]
    tables: BTreeMap<String, Record>,
    #[serde(default)]
    last_sync: Option<String>,
}

/// The memory of one workspace and server.
#[derive(Debug)]
pub struct State {
    config_dir: PathBuf,
    file: PathBuf,
    manifest_file: PathBuf,
    content: Content,
    unsaved: bool,
    saved_at: Option<Instant>,
}

impl State {
    /// What is remembered; nothing when there is nothing, or nothing readable.
    pub fn load(config_dir: &Path, server: &ServerUrl, workspace: &Workspace) -> Self {
        let name = hex::encode(Sha256::digest(format!("{server}\n{}", workspace.root().display())));
        let folder = config_dir.join("sync");
        let file = folder.join(format!("{}.json", &name[..16]));
        let content = read(&file).or_else(|| legacy(config_dir)).unwrap_or_default();
        Self {
            config_dir: config_dir.to_owned(),
            file,
            manifest_file: folder.join(format!("{}.manifest.json", &name[..16])),
            content: Content {
                server: Some(server.to_string()),
                workspace: Some(workspace.root().to_owned()),
                ..content
            },
            unsaved: false,
            saved_at: None,
        }
    }

    /// The synced tables by name.
    pub const fn tables(&self) -> &BTreeMap<String, Record> {
        &self.content.tables
    }

    /// What is known about one.
    pub fn find(&self, key: &TableKey) -> Option<&Record> {
        self.content.tables.get(key.as_str())
    }

    /// When the last sync ended.
    pub fn last_sync(&self) -> Option<&str> {
        self.content.last_sync.as_deref()
    }

    /// Where the last manifest is kept.
    pub fn manifest_file(&self) -> &Path {
        &self.manifest_file
    }

    /// A table that was verified just now.
    pub fn insert(&mut self, key: &TableKey, record: Record) {
        self.content.tables.insert(key.to_string(), record);
        self.changed();
    }

    /// A table that is gone.
    pub fn remove(&mut self, key: &str) {
        self.content.tables.remove(key);
        self.changed();
    }

    /// The sync ends: saved for us, and in the old place for old clients.
    pub fn finish(&mut self) -> Result<(), Error> {
        self.content.last_sync = Some(clock::now().format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string());
        self.save()?;
        files::write_private(&self.config_dir.join("sync_state.json"), &self.text()?)
    }

    fn changed(&mut self) {
        self.unsaved = true;
        if self.saved_at.is_none_or(|at| at.elapsed() >= SAVE_EVERY) {
            // Not worth stopping for: the end of the sync tries again and reports.
            let _ = self.save();
        }
    }

    fn save(&mut self) -> Result<(), Error> {
        let text = self.text()?;
        files::private_dir(&self.config_dir)?;
        files::private_dir(&self.config_dir.join("sync"))?;
        files::write_private(&self.file, &text)?;
        self.unsaved = false;
        self.saved_at = Some(Instant::now());
        Ok(())
    }

    fn text(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec_pretty(&self.content).map_err(|_| Error::Internal("writing the sync state"))
    }
}

impl Drop for State {
    /// Ctrl-C drops a sync where it stands: what was finished stays finished.
    fn drop(&mut self) {
        if self.unsaved {
            let _ = self.save();
        }
    }
}

fn read(path: &Path) -> Option<Content> {
    serde_json::from_str(&files::read_optional(path).ok()??).ok()
}

/// The one flat file of old clients, which did not say which workspace it was about.
fn legacy(config_dir: &Path) -> Option<Content> {
    read(&config_dir.join("sync_state.json")).filter(|content| content.workspace.is_none())
}
