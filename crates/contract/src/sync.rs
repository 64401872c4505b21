//! What a laptop asks for: the manifest; and how a sync of the sources is started.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::time;

/// What a caller may hold locally.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Manifest {
    /// By table name.
    pub tables: BTreeMap<String, ManifestTable>,
    /// Fingerprints of `docs` and `profiles`, where they exist.
    #[serde(default)]
    pub assets: BTreeMap<String, ManifestAsset>,
    /// When this was answered.
    #[serde(with = "time::offset")]
    pub server_time: DateTime<Utc>,
    /// Grows with every publication.
    #[serde(default)]
    pub generation: u64,
}

/// One table of a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManifestTable {
    /// MD5 of the bytes `/api/data/{table}/download` sends, 32 hex digits; empty when there is no single file.
    #[serde(default)]
    pub hash: String,
    /// When the table's content last changed.
    #[serde(with = "time::naive_option", default)]
    pub updated: Option<DateTime<Utc>>,
    /// Bytes of all parts.
    #[serde(default)]
    pub size_bytes: u64,
    /// Rows of all parts.
    #[serde(default)]
    pub rows: u64,
    /// `local` or `remote`.
    #[serde(default)]
    pub query_mode: String,
    /// The connector; empty for a table without registry row.
    #[serde(default)]
    pub source_type: String,
    /// `sha256:<hex>`: of the part, or of the concatenated part digests. Empty from old servers.
    #[serde(default)]
    pub digest: String,
    /// The files, in order. Empty for remote tables and from old servers.
    #[serde(default)]
    pub parts: Vec<ManifestPart>,
    /// When this content was published.
    #[serde(with = "time::naive_option", default)]
    pub published_at: Option<DateTime<Utc>>,
}

/// One file of a [`ManifestTable`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManifestPart {
    /// `sha256:<hex>` of the bytes `/api/objects/{digest}` sends.
    pub digest: String,
    /// Bytes.
    pub size_bytes: u64,
    /// MD5 of the same bytes, 32 hex digits.
    pub md5: String,
    /// Rows.
    pub rows: u64,
}

/// A fingerprint inside a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManifestAsset {
    /// Opaque.
    pub hash: String,
}

/// Answer of `POST /api/sync/trigger`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SyncTriggered {
    /// Always `triggered`.
    pub status: String,
    /// `"all"`, or the ids that were asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub tables: serde_json::Value,
    /// For people.
    pub message: String,
    /// A run was under way; this one follows it.
    #[serde(default)]
    pub already_running: bool,
    /// The run that does it.
    #[serde(default)]
    pub job_id: String,
}
