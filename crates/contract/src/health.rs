//! Is it up, what is it, how is it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::time;

/// `GET /api/health`: touches nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// What this installation calls itself.
    pub instance_name: String,
}

/// `GET /api/version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// Of the program.
    pub version: String,
    /// The release channel.
    pub channel: String,
    /// The container image's tag.
    pub image_tag: String,
    /// What it was built from.
    pub commit_sha: String,
    /// Of the system database.
    pub schema_version: i64,
    /// When this process started.
    #[serde(with = "time::offset")]
    pub deployed_at: DateTime<Utc>,
}

/// `GET /api/health/detailed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DetailedHealth {
    /// As in [`Version`].
    #[serde(flatten)]
    pub version: Version,
    /// `healthy`, `degraded` or `unhealthy`.
    pub status: String,
    /// When this was answered.
    #[serde(with = "time::offset")]
    pub timestamp: DateTime<Utc>,
    /// By name: `duckdb_state`, `data`, `users`, `sync`, `disk`.
    pub services: BTreeMap<String, ServiceHealth>,
}

/// One part of [`DetailedHealth`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceHealth {
    /// `ok`, `warning` or `error`.
    pub status: String,
    /// What is wrong, without internals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Published tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables: Option<u64>,
    /// Rows of all published tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_rows: Option<u64>,
    /// Ids of tables older than a day that the caller may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_tables: Option<Vec<String>>,
    /// Accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Bytes free where the data lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
}
