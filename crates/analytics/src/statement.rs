//! What a caller's SQL asks for: one SELECT, over which tables, and nothing it may not use.

use agnes_contract::error::Code;
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod deny;
mod text;
mod walk;

/// Longer than any statement somebody wrote; what DuckDB's parser makes of one is far larger.
const MOST_BYTES: usize = 256 << 10;
/// Deeper than DuckDB itself takes expressions, which nest twice in its JSON.
const MOST_LEVELS: usize = 4_000;

/// A checked statement: one SELECT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Tables it names that are not common table expressions in scope; each once, by name.
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

/// What can be said before anything is parsed.
pub(crate) fn precheck(sql: &str) -> Result<(), StatementError> {
    if sql.len() > MOST_BYTES {
        return Err(StatementError::NotAllowed(format!("The query is longer than {} KiB", MOST_BYTES >> 10)));
    }
    if sql.contains('\0') {
        return Err(StatementError::Syntax("Parser Error: the query contains a zero byte".into()));
    }
    Ok(())
}

/// What DuckDB's `json_serialize_sql` says of a statement.
#[derive(Deserialize)]
struct Serialized<Tree> {
    error: bool,
    error_type: Option<String>,
    error_message: Option<String>,
    #[serde(default = "Vec::new")]
    statements: Vec<Tree>,
}

/// Decides about a statement from its text and its parse tree, as `json_serialize_sql` wrote it.
///
/// The order of the answers is the one old clients know: what the reference looked for as words
/// first, then how the statement begins, then everything else.
pub(crate) fn examine(sql: &str, serialized: &str) -> Result<Statement, StatementError> {
    if depth(serialized) > MOST_LEVELS {
        return Err(StatementError::NotAllowed("The query is nested too deeply".into()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(serialized);
    deserializer.disable_recursion_limit();
    let parsed: Serialized<Value> =
        Serialized::deserialize(&mut deserializer).map_err(|error| StatementError::Worker(error.to_string()))?;
    if parsed.error {
        return Err(refusal(sql, parsed.error_type.as_deref(), parsed.error_message.unwrap_or_default()));
    }
    let tree = match parsed.statements.as_slice() {
        [tree] => tree,
        [] => return Err(StatementError::MustStart),
        _ => return Err(StatementError::OnlySelect),
    };
    match walk::tables(tree) {
        Err(StatementError::OnlySelect) => Err(StatementError::OnlySelect),
        _ if !text::starts_with_select(sql) => Err(StatementError::MustStart),
        Ok(tables) => Ok(Statement { tables }),
        Err(error) => Err(error),
    }
}

/// The answer for what DuckDB could not serialise: not a SELECT, or not SQL.
fn refusal(sql: &str, kind: Option<&str>, message: String) -> StatementError {
    if text::has_blocked_fragment(sql) {
        StatementError::OnlySelect
    } else if !text::starts_with_select(sql) {
        StatementError::MustStart
    } else if kind == Some("parser") {
        StatementError::Syntax(format!("Parser Error: {message}"))
    } else {
        StatementError::OnlySelect
    }
}

/// Whether the serialised statement is exactly one SELECT, whatever it reads.
pub(crate) fn is_one_select(serialized: &str) -> Result<(), StatementError> {
    let parsed: Serialized<serde::de::IgnoredAny> =
        serde_json::from_str(serialized).map_err(|error| StatementError::Worker(error.to_string()))?;
    if parsed.error || parsed.statements.len() != 1 { Err(StatementError::OnlySelect) } else { Ok(()) }
}

/// How deeply a JSON text nests.
fn depth(json: &str) -> usize {
    let (mut deepest, mut level, mut quoted, mut escaped) = (0, 0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                level += 1;
                deepest = deepest.max(level);
            }
            b'}' | b']' if !quoted => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
