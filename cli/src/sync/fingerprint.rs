//! What the file system knows about a file without reading it.

use std::{fs, path::Path, time::UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Size and time: while both stay, so does the content, unless somebody insists (`--verify`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Bytes.
    pub size_bytes: u64,
    /// Nanoseconds since 1970.
    pub modified_ns: u64,
}

impl Fingerprint {
    /// Of a regular file; `None` when there is none under this name.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Some(Self { size_bytes: metadata.len(), modified_ns: u64::try_from(modified.as_nanos()).unwrap_or_default() })
    }
}
