//! The manifest: what a caller may hold locally, built once per access view and publication.

use std::collections::BTreeMap;
use std::sync::Arc;

use agnes_contract::sync::{Manifest, ManifestPart, ManifestTable};
use agnes_store::Directory;
use agnes_store::PublishedRow;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::access::{AccessView, KnownTable};
use crate::actor::Actor;
use crate::error::Error;
use crate::service::Service;

/// How many distinct access views keep their manifest ready: 64 of 5,000 tables are about 100 MB.
const KEPT: usize = 64;

/// A manifest and its strong ETag, quotes included.
#[derive(Clone, Debug)]
pub struct ManifestAnswer {
    /// Changes exactly when the tables, assets or generation do.
    pub etag: String,
    /// Shared by everyone with the same view. `server_time` is when it was built.
    pub manifest: Arc<Manifest>,
}

/// Which manifest: the view's hash, and the state it was built from.
type Key = (String, u64, u64);

/// Ready manifests by view, for one state of rights and publications.
pub(crate) struct Manifests(Mutex<lru::LruCache<Key, ManifestAnswer>>);

impl Default for Manifests {
    fn default() -> Self {
        Self(Mutex::new(lru::LruCache::new(std::num::NonZeroUsize::new(KEPT).unwrap_or(std::num::NonZeroUsize::MIN))))
    }
}

/// Remote tables have no digest.
fn prefixed(digest: &str) -> String {
    if digest.is_empty() { String::new() } else { format!("sha256:{digest}") }
}

fn entry(table: &KnownTable, published: &PublishedRow) -> ManifestTable {
    let row = table.row.as_deref();
    ManifestTable {
        // Old clients compare the MD5 of one file; a table in several parts is checked by digest instead.
        hash: match published.parts.as_slice() {
            [part] => part.md5.clone(),
            _ => String::new(),
        },
        updated: Some(published.published_at),
        size_bytes: published.size_bytes,
        rows: published.rows,
        query_mode: row
            .and_then(|row| row.query_mode.clone())
            .filter(|mode| mode == "remote")
            .unwrap_or_else(|| published.query_mode.clone()),
        source_type: row.and_then(|row| row.source_type.clone()).unwrap_or_default(),
        digest: prefixed(&published.digest),
        parts: published
            .parts
            .iter()
            .map(|part| ManifestPart {
                digest: prefixed(&part.digest),
                size_bytes: part.size_bytes,
                md5: part.md5.clone(),
                rows: part.rows,
            })
            .collect(),
        published_at: Some(published.published_at),
    }
}

fn build(
    view: &AccessView,
    directory: &Directory,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<ManifestAnswer, Error> {
    let tables: BTreeMap<String, ManifestTable> = view
        .tables()
        .iter()
        .filter_map(|table| Some((table.name.clone(), entry(table, table.published.as_deref()?))))
        .collect();
    let generation = directory.publication_generation();
    let mut hasher = Sha256::new();
    let content = serde_json::to_vec(&(&tables, generation)).map_err(Error::during("write the manifest"))?;
    hasher.update(&content);
    Ok(ManifestAnswer {
        etag: format!("\"{}\"", hex::encode(hasher.finalize())),
        manifest: Arc::new(Manifest { tables, assets: BTreeMap::new(), server_time: now, generation }),
    })
}

impl Service {
    /// What the caller may hold locally.
    ///
    /// # Errors
    /// None a caller can cause.
    pub async fn manifest(&self, actor: &Actor) -> Result<ManifestAnswer, Error> {
        let directory = self.directory();
        let view = self.access_view(actor);
        let key = (view.hash().to_owned(), directory.access_generation(), directory.publication_generation());
        if let Some(ready) = self.0.manifests.0.lock().get(&key) {
            return Ok(ready.clone());
        }
        let now = self.now();
        // Thousands of tables take milliseconds to write down: not on an async thread.
        let answer = tokio::task::spawn_blocking(move || build(&view, &directory, now))
            .await
            .map_err(Error::during("build the manifest"))??;
        self.0.manifests.0.lock().put(key, answer.clone());
        Ok(answer)
    }
}
