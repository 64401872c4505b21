//! The registry: which tables there are and where they come from.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{lenient, time};

/// A table to register.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewTable {
    /// Trimmed, 1 to 128 characters; the id is derived from it.
    pub name: String,
    /// A label old clients send; kept, without effect.
    #[serde(default)]
    pub folder: Option<String>,
    /// Kept for old clients: `full_refresh` when absent.
    #[serde(default)]
    pub sync_strategy: Option<String>,
    /// Columns; a single text stands for one.
    #[serde(default, deserialize_with = "lenient::texts_option")]
    pub primary_key: Option<Vec<String>>,
    /// What the table holds.
    #[serde(default)]
    pub description: Option<String>,
    /// The connector: `csv`, `keboola`, …
    #[serde(default)]
    pub source_type: Option<String>,
    /// Where in the source; for `csv` the folder below its root.
    #[serde(default)]
    pub bucket: Option<String>,
    /// What in the source; for `csv` the file name or glob.
    #[serde(default)]
    pub source_table: Option<String>,
    /// `local` (the default) or `remote`.
    #[serde(default)]
    pub query_mode: Option<String>,
    /// When to sync by itself.
    #[serde(default)]
    pub sync_schedule: Option<String>,
    /// Measure the table after each sync.
    #[serde(default, deserialize_with = "lenient::bool_option")]
    pub profile_after_sync: Option<bool>,
    /// Readable by everyone who signs in. True when absent, for old clients.
    #[serde(default, deserialize_with = "lenient::bool_option")]
    pub is_public: Option<bool>,
}

/// Answer to a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisteredTable {
    /// The new id.
    pub id: String,
    /// The name as stored.
    pub name: String,
    /// Always `registered`.
    pub status: String,
    /// What will not work as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Absent leaves a field, null clears it, a value sets it.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Changes to a registered table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableChanges {
    /// The id stays when the name changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As in [`NewTable`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_strategy: Option<String>,
    /// An empty list clears it.
    #[serde(default, deserialize_with = "lenient::texts_option", skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Vec<String>>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub source_type: Option<Option<String>>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Option<String>>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub source_table: Option<Option<String>>,
    /// `local` or `remote`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_mode: Option<String>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub sync_schedule: Option<Option<String>>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "lenient::bool_option", skip_serializing_if = "Option::is_none")]
    pub profile_after_sync: Option<bool>,
    /// As in [`NewTable`].
    #[serde(default, deserialize_with = "lenient::bool_option", skip_serializing_if = "Option::is_none")]
    pub is_public: Option<bool>,
}

/// Answer to a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdatedTable {
    /// The table's id.
    pub id: String,
    /// The fields that were given.
    pub updated: Vec<String>,
    /// What will not work as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A registry row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Table {
    /// Derived from the first name; never changes.
    pub id: String,
    /// The name of view, file and manifest entry.
    pub name: String,
    /// The connector; empty when a foreign extract brings the table.
    pub source_type: Option<String>,
    /// Where in the source.
    pub bucket: Option<String>,
    /// What in the source.
    pub source_table: Option<String>,
    /// Kept for old clients.
    pub sync_strategy: Option<String>,
    /// `local` or `remote`.
    pub query_mode: Option<String>,
    /// When to sync by itself.
    pub sync_schedule: Option<String>,
    /// Measure the table after each sync.
    pub profile_after_sync: bool,
    /// Columns, or null.
    pub primary_key: Option<Vec<String>>,
    /// A label of old clients.
    pub folder: Option<String>,
    /// What the table holds.
    pub description: Option<String>,
    /// An admin's address.
    pub registered_by: Option<String>,
    /// Readable by everyone who signs in.
    pub is_public: bool,
    /// When it was registered or last changed.
    #[serde(with = "time::naive_option")]
    pub registered_at: Option<DateTime<Utc>>,
}

/// `GET /api/admin/registry`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registry {
    /// By name.
    pub tables: Vec<Table>,
    /// How many.
    pub count: u64,
}

/// A file stored for the csv connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UploadedFile {
    /// The id of the table the file feeds.
    pub table_id: String,
    /// The table's name.
    pub table_name: String,
    /// The name the file is kept under.
    pub filename: String,
    /// Bytes stored.
    pub size_bytes: u64,
    /// False when the file replaced the one of a registered table.
    pub registered: bool,
    /// The sync that was started for it.
    pub job_id: String,
}
