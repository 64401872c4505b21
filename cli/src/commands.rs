//! One file per command; groups are folders.

pub mod auth;
pub mod catalog;
pub mod completions;
pub mod describe;
pub mod diagnose;
pub mod disk_info;
pub mod query;
pub mod schema;
pub mod setup;
pub mod status;
pub mod sync;
