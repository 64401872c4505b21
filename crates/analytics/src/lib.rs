//! From what connectors leave behind to answers: published parts, and SQL over them in a sandbox.
//!
//! Nothing here knows users or HTTP. What is published now comes in as values and goes out as
//! values; who may read which table is decided by the caller, who names the views of a query.
//! Everything that reads somebody else's bytes with DuckDB runs in a worker process.
#![warn(missing_docs)]

pub mod cells;
pub mod engine;
mod error;
pub mod objects;
pub mod publish;
pub mod statement;
pub mod worker;

pub use engine::{Engine, Limits, QueryError, View, WorkerCommand};
pub use error::Error;
pub use objects::{ObjectInfo, Objects};
pub use publish::{Previous, Publication, PublishedTable, Publisher};
pub use statement::{Statement, StatementError, TableRef};
