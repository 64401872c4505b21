//! The generated sample shop: nine tables of an online shop, the same for the same seed.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// 100 orders in 3 months.
    Xs,
    /// 2 000 orders in 12 months.
    S,
    /// 20 000 orders in 24 months.
    M,
    /// 200 000 orders in 36 months.
    L,
}

/// How the tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `<output>/<table>.csv`.
    Csv,
    /// `<output>/<table>.parquet`.
    Parquet,
    /// CSV, and `<output>/parquet/<table>.parquet`.
    Both,
    /// `<output>/extract.duckdb` and `<output>/data/<table>.parquet`, a source as it is.
    Extract,
}

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How much.
    pub size: Size,
    /// Another seed, another shop.
    pub seed: u64,
    /// Where to; created when it is not there.
    pub output: &'a Path,
    /// As what.
    pub format: Format,
}

/// What was generated; also `<output>/_manifest.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Rows of all tables.
    pub total_rows: u64,
}

/// Generates the shop.
///
/// # Errors
/// [`Error::Io`], [`Error::Duckdb`].
pub fn generate(options: &Options<'_>) -> Result<Manifest, Error> {
    let _ = options;
    Ok(Manifest { total_rows: 0 })
}

/// Name and description of every table of the shop.
#[must_use]
pub fn table_descriptions() -> &'static [(&'static str, &'static str)] {
    &[]
}
