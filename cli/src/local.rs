//! The local database: views over what was synced, and queries over them.

mod database;
pub mod query;
mod values;
pub mod views;
