//! Bringing the workspace up to what the server says the caller may hold.

pub mod digests;
mod download;
mod fingerprint;
mod job;
mod lock;
pub mod manifest;
mod partial;
mod plan;
mod prune;
mod state;

pub use download::{Downloader, TableError};
pub use fingerprint::Fingerprint;
pub use job::Job;
pub use lock::Lock;
pub use plan::{Plan, Scope};
pub use prune::{prune, remove_stale_partials};
pub use state::{Record, State};
