//! One table to fetch: from where, and how to know that it arrived.

use std::path::PathBuf;

use agnes_contract::{
    id::{Digest, TableKey},
    sync::ManifestTable,
};

use super::{TableError, digests::Sums};
use crate::{api, error::Error, settings::Workspace};

/// A download to make.
#[derive(Clone, Debug)]
pub struct Job {
    /// The table.
    pub key: TableKey,
    /// Its manifest entry.
    pub entry: ManifestTable,
    /// Where it goes.
    pub target: PathBuf,
    /// Where it comes from.
    pub path: String,
    /// Where it comes from too, should the first place not know it.
    pub fallback: Option<String>,
    md5: Option<String>,
    sha256: Option<String>,
    size_bytes: Option<u64>,
}

impl Job {
    /// From a manifest entry.
    pub fn new(workspace: &Workspace, key: TableKey, entry: ManifestTable) -> Result<Self, Error> {
        let table = api::path("/api/data/", key.as_str(), "/download")?;
        let part = match entry.parts.as_slice() {
            [part] => Digest::parse(&part.digest).ok().map(|digest| (part, digest)),
            // No single file, or a server that does not say: it makes one file of whatever there is.
            _ => None,
        };
        let md5 = Some(&entry.hash).filter(|hash| !hash.is_empty()).or(part.as_ref().map(|(part, _)| &part.md5));
        Ok(Self {
            target: workspace.parquet(&key),
            md5: md5.map(|md5| md5.to_ascii_lowercase()).filter(|md5| !md5.is_empty()),
            sha256: part.as_ref().map(|(_, digest)| digest.to_string()),
            size_bytes: part.as_ref().map(|(part, _)| part.size_bytes),
            path: match &part {
                Some((_, digest)) => api::path("/api/objects/", &digest.prefixed(), "")?,
                None => table.clone(),
            },
            fallback: part.is_some().then_some(table),
            key,
            entry,
        })
    }

    /// What the bytes are called, for picking up a part of them later; empty when nobody says.
    pub fn identity(&self) -> String {
        [self.sha256.as_deref(), self.md5.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Whether the same address can only ever give the same bytes.
    pub fn is_immutable(&self) -> bool {
        self.path.starts_with("/api/objects/")
    }

    /// Whether more bytes came than were promised.
    pub fn is_too_long(&self, bytes: u64) -> bool {
        self.size_bytes.is_some_and(|size| bytes > size)
    }

    /// Whether the bytes are the promised ones.
    pub fn check(&self, sums: &Sums) -> Result<(), TableError> {
        if let Some(size) = self.size_bytes.filter(|size| *size != sums.bytes) {
            return Err(TableError::Size { expected: size, got: sums.bytes });
        }
        let pairs = [(self.md5.as_deref(), &sums.md5), (self.sha256.as_deref(), &sums.sha256)];
        for (expected, got) in pairs {
            if let Some(expected) = expected.filter(|expected| expected != got) {
                return Err(TableError::Hash { expected: first12(expected), got: first12(got) });
            }
        }
        Ok(())
    }

    /// Whether there was anything to check the bytes against.
    pub const fn has_checksum(&self) -> bool {
        self.md5.is_some() || self.sha256.is_some()
    }
}

fn first12(hash: &str) -> String {
    hash.chars().take(12).collect()
}
