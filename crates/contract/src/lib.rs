//! What travels between Agnes and its clients: requests, responses, ids, error codes.
//!
//! Nothing here does anything: no I/O, no clock, no rules. The server, the console's wasm and
//! the `da` command line share these types, so a field exists once.
#![warn(missing_docs)]

pub mod access;
pub mod auth;
pub mod catalog;
pub mod cli;
pub mod error;
pub mod group;
pub mod health;
pub mod id;
pub mod job;
pub mod lenient;
pub mod query;
pub mod sync;
pub mod table;
pub mod time;
pub mod token;
pub mod user;

/// The one version of this build: `/api/version`, OpenAPI, `/cli/latest` and `da --version`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
