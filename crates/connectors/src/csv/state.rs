//! What the last run saw, so that the next one can leave unchanged tables alone.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files;

const FILE: &str = ".state.json";

/// Counts up when the same file would become another table; then everything is read anew.
const CONVERSION: u32 = 1;

/// What is remembered of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    conversion: u32,
    /// By lower-case table name.
    pub tables: BTreeMap<String, Remembered>,
}

/// What is remembered of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// Its files, in the order they were read.
    pub inputs: Vec<Seen>,
    /// The parquet file made of them.
    pub output: Stamp,
    pub bad_rows: u64,
    pub first_bad: Option<String>,
}

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Its path below the root.
    pub file: String,
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Of its bytes, in hex.
    pub md5: String,
}

/// Equal stamps: nobody touched the file in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub size: u64,
    modified_ns: i64,
    inode: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.size(),
            modified_ns: metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// The stamp of a file; `None` when it is not there.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| Self::of(&metadata))
    }
}

impl State {
    /// What the last run left; nothing when there was none, or when it worked differently.
    pub(super) fn load(directory: &Path) -> Self {
        fs::read(directory.join(FILE))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|state| state.conversion == CONVERSION)
            .unwrap_or_else(|| Self { conversion: CONVERSION, tables: BTreeMap::new() })
    }

    /// Remembers this.
    pub(super) fn save(&self, directory: &Path) -> Result<(), Error> {
        let bytes =
            serde_json::to_vec_pretty(self).map_err(|source| Error::Json { action: "write what was seen", source })?;
        files::replace(&directory.join(FILE), &bytes)
    }
}
