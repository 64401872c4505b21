//! The system database `state/system.duckdb`: who there is, what they may use, what is published.
//!
//! One process owns it. All writes go through one writer thread, one transaction per use case; hot reads come
//! from an immutable [`Directory`] the writer replaces before it answers; the rest runs on cloned connections
//! off the async threads. No constraint and no index lives in DuckDB: the repositories keep the invariants.
#![warn(missing_docs)]

mod attempt;
mod audit;
mod clock;
mod directory;
mod error;
mod grant;
mod group;
mod history;
mod link;
mod lock;
mod member;
mod permission;
mod publication;
mod reader;
mod schema;
mod seed;
mod session;
mod sql;
mod store;
mod table;
mod token;
mod tx;
mod user;
mod writer;

pub use attempt::AttemptRow;
pub use audit::{Audit, AuditEntry, AuditFilter, AuditRow};
pub use clock::{Clock, ManualClock};
pub use directory::Directory;
pub use error::Error;
pub use grant::{GrantRow, Grants};
pub use group::{ADMIN, EVERYONE, GroupRow, Groups};
pub use history::{HistoryRow, SyncHistory};
pub use link::{LinkRow, Links};
pub use member::{MemberRow, Members};
pub use permission::{PermissionRow, Permissions};
pub use publication::{ColumnRow, PartRow, Publications, PublishedRow};
pub use reader::Reader;
pub use schema::{OUR_VERSION, REFERENCE_VERSION};
pub use session::{SessionRow, Sessions};
pub use store::{Options, Store};
pub use table::{TableRow, Tables, decode_primary_key, encode_primary_key};
pub use token::{TokenRow, Tokens};
pub use tx::Tx;
pub use user::{UserRow, Users};
