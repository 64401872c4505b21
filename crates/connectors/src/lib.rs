//! Sources: what turns outside data into the extract contract, and the sample shop.
//!
//! A connector leaves `extracts/<source>/extract.duckdb` and `data/` behind and nothing else;
//! what becomes of it is decided elsewhere. DuckDB runs inside this process, so the server
//! starts connectors as a child process ([`run::extract_main`]).
#![warn(missing_docs)]

pub mod csv;
mod duck;
pub mod error;
pub mod extract;
mod files;
pub mod report;
pub mod run;
pub mod shop;

pub use error::Error;
pub use report::{Progress, Report, TableReport, TableState};
pub use run::{ExtractRequest, Line, extract_main};
