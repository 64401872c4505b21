//! What data there is, for those who may read it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{access::TableReaders, time};

/// `GET /api/catalog/tables`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalog {
    /// Readable tables, by name.
    pub tables: Vec<CatalogTable>,
    /// How many.
    pub count: u64,
}

/// A table in the catalog. Everything below `query_mode` is not sent by old servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogTable {
    /// The registry id.
    pub id: String,
    /// The name to query.
    pub name: String,
    /// What it holds.
    pub description: Option<String>,
    /// The connector.
    pub source_type: Option<String>,
    /// Kept for old clients.
    pub sync_strategy: Option<String>,
    /// `local` or `remote`.
    pub query_mode: Option<String>,
    /// Where in the source.
    #[serde(default)]
    pub bucket: Option<String>,
    /// Rows; null before the first publication.
    #[serde(default)]
    pub rows: Option<u64>,
    /// Bytes of the parquet; null before the first publication.
    #[serde(default)]
    pub size_bytes: Option<u64>,
    /// Columns; null before the first publication.
    #[serde(default)]
    pub column_count: Option<u64>,
    /// When this content was published.
    #[serde(with = "time::offset_option", default)]
    pub published_at: Option<DateTime<Utc>>,
    /// When the source was last asked with success.
    #[serde(with = "time::offset_option", default)]
    pub last_sync: Option<DateTime<Utc>>,
    /// `ok`, `error` or `pending`.
    #[serde(default)]
    pub status: String,
    /// What the last attempt failed with.
    #[serde(default)]
    pub error: Option<String>,
    /// Readable by everyone who signs in.
    #[serde(default)]
    pub is_public: bool,
}

/// A column of a published table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// As in the data.
    pub name: String,
    /// DuckDB's name of the type: `DECIMAL(10,2)`, `INTEGER[]`.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether nulls are possible.
    #[serde(default)]
    pub nullable: bool,
    /// What it means.
    #[serde(default)]
    pub description: String,
}

/// Everything the table page shows, in one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableDetail {
    /// The catalog entry.
    pub table: CatalogTable,
    /// In order; empty before the first publication.
    pub columns: Vec<Column>,
    /// Columns, or empty.
    pub primary_key: Vec<String>,
    /// A few rows, cells as text, null where null.
    pub sample: Vec<Vec<Option<String>>>,
    /// Who may read it; admins only.
    pub readers: Option<TableReaders>,
}

/// `GET /api/v2/catalog`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogV2 {
    /// Readable tables, by name.
    pub tables: Vec<CatalogV2Table>,
    /// When this was answered.
    #[serde(with = "time::offset")]
    pub server_time: DateTime<Utc>,
}

/// A table of [`CatalogV2`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogV2Table {
    /// The registry id.
    pub id: String,
    /// The name to query.
    pub name: String,
    /// What it holds; empty when unknown.
    #[serde(default)]
    pub description: String,
    /// The connector; empty when unknown.
    #[serde(default)]
    pub source_type: String,
    /// `local` or `remote`.
    #[serde(default)]
    pub query_mode: String,
    /// `duckdb` or `bigquery`.
    #[serde(default)]
    pub sql_flavor: String,
    /// Predicates to start from.
    #[serde(default)]
    pub where_examples: Vec<String>,
    /// How to get at the data, as a command.
    #[serde(default)]
    pub fetch_via: String,
    /// Bytes, where known.
    #[serde(default)]
    pub rough_size_hint: Option<u64>,
    /// When this content was published.
    #[serde(with = "time::offset_option", default)]
    pub published_at: Option<DateTime<Utc>>,
    /// Rows, where known.
    #[serde(default)]
    pub rows: Option<u64>,
}

/// `GET /api/v2/schema/{table_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableSchema {
    /// The registry id.
    pub table_id: String,
    /// The connector; empty when unknown.
    #[serde(default)]
    pub source_type: String,
    /// `duckdb` or `bigquery`.
    #[serde(default)]
    pub sql_flavor: String,
    /// In order.
    pub columns: Vec<Column>,
    /// The partition column of a remote table.
    #[serde(default)]
    pub partition_by: Option<String>,
    /// The clustering columns of a remote table.
    #[serde(default)]
    pub clustered_by: Vec<String>,
    /// Idioms of the source's dialect.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub where_dialect_hints: Map<String, Value>,
}

/// `GET /api/v2/sample/{table_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableSample {
    /// The registry id.
    pub table_id: String,
    /// Rows as objects with natural JSON values.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub rows: Vec<Map<String, Value>>,
    /// The connector; empty when unknown.
    #[serde(default)]
    pub source: String,
}
