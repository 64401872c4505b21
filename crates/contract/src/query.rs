//! SQL over what the caller may read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient;

/// The most rows one query answers with.
pub const MAX_QUERY_ROWS: i64 = 100_000;

/// `POST /api/query`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryRequest {
    /// One SELECT over tables by name.
    pub sql: String,
    /// Rows to answer with at most; 0 or -1 for none; up to [`MAX_QUERY_ROWS`].
    #[serde(default = "thousand", deserialize_with = "lenient::int")]
    pub limit: i64,
}

fn thousand() -> i64 {
    1000
}

/// Rows in column order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryResult {
    /// Names in order; may repeat.
    pub columns: Vec<String>,
    /// Cells in column order; see `docs/queries.md` for how types are written.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<Object>>))]
    pub rows: Vec<Vec<Value>>,
    /// How many rows are in this answer.
    pub row_count: u64,
    /// Whether there were more than `limit`.
    pub truncated: bool,
}
