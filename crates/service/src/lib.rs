//! The use cases: may they, is it valid, then change and audit row in one transaction.
//!
//! The REST handlers, the console's server functions and the jobs call these functions and
//! nothing below them, so no door can forget a rule.
#![warn(missing_docs)]

mod access;
mod actor;
mod audit;
mod authentication;
mod catalog;
mod data;
mod error;
mod explain;
mod grant;
mod group;
mod health;
mod job;
mod manifest;
mod membership;
pub mod policy;
mod query;
mod service;
mod settings;
mod sync;
mod table;
mod token;
mod user;

pub use access::AccessView;
pub use actor::{Actor, Origin, Proof};
pub use authentication::SESSION_IDLE;
pub use data::DataFile;
pub use error::Error;
pub use manifest::ManifestAnswer;
pub use service::Service;
pub use settings::{Build, SeedAdmin, Settings, Subprocess};
pub use table::Upload;
pub use token::AdminToken;
