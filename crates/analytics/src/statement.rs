//! What a caller's SQL asks for: one SELECT, over which tables, and nothing it may not use.

use agnes_contract::error::Code;
use serde::{Deserialize, Serialize};

/// A checked statement: one SELECT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Tables it names that are not common table expressions in scope; each once, in order.
    pub tables: Vec<TableRef>,
}

/// A table as the statement names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableRef {
    /// As written; DuckDB compares names ignoring case.
    pub name: String,
    /// The qualifier before the name, when there is one.
    pub schema: Option<String>,
    /// The qualifier before the schema, when there is one.
    pub catalog: Option<String>,
}

impl TableRef {
    /// The name, when it can be that of a published table: unqualified, or qualified as `main.`.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        let main = self.schema.as_deref().is_none_or(|schema| schema.eq_ignore_ascii_case("main"));
        (main && self.catalog.is_none()).then_some(self.name.as_str())
    }
}

impl std::fmt::Display for TableRef {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for qualifier in [&self.catalog, &self.schema].into_iter().flatten() {
            write!(formatter, "{qualifier}.")?;
        }
        formatter.write_str(&self.name)
    }
}

/// Why a statement is not run. The message is the `detail` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum StatementError {
    /// Not a SELECT, more than one statement, or something that reads files or the catalog.
    #[error("Only single SELECT queries are allowed")]
    OnlySelect,
    /// It begins with something else.
    #[error("Query must start with SELECT or WITH")]
    MustStart,
    /// It uses something queries may not; the sentence says what.
    #[error("{0}")]
    NotAllowed(String),
    /// DuckDB cannot read it; its own words.
    #[error("Query error: {0}")]
    Syntax(String),
    /// All workers are busy.
    #[error("The server is busy, try again in a moment")]
    Busy,
    /// The server is stopping.
    #[error("The server is stopping")]
    Stopping,
    /// No worker could be had; for the log.
    #[error("query worker failed: {0}")]
    Worker(String),
}

impl StatementError {
    /// The code of the answer.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::OnlySelect | Self::MustStart | Self::NotAllowed(_) => Code::QueryNotAllowed,
            Self::Syntax(_) => Code::QueryFailed,
            Self::Busy => Code::Busy,
            Self::Stopping => Code::Stopping,
            Self::Worker(_) => Code::Internal,
        }
    }
}
