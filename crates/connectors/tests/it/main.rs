//! What connectors leave on disk, read back by a DuckDB that knows nothing of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may say so that way")]

mod csv_bad_rows;
mod csv_formats;
mod csv_paths;
mod csv_runs;
mod csv_types;
mod extract;
mod process;
mod properties;
mod shop;
mod support;
