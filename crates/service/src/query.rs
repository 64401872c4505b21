//! SQL for callers: parse, check every table, run over views of exactly those.

use agnes_analytics::{StatementError, View};
use agnes_contract::query::{MAX_QUERY_ROWS, QueryRequest, QueryResult};
use sha2::{Digest as _, Sha256};

use crate::access::Resolved;
use crate::actor::Actor;
use crate::error::Error;
use crate::service::Service;

/// The longest statement taken, in bytes: a thousand times what people write, far below what hurts a parser.
const MAX_SQL_BYTES: usize = 1 << 20;

impl From<StatementError> for Error {
    fn from(error: StatementError) -> Self {
        match error {
            StatementError::OnlySelect | StatementError::MustStart | StatementError::NotAllowed(_) => {
                Self::QueryNotAllowed(error.to_string())
            }
            StatementError::Syntax(text) => Self::QueryFailed(text),
            StatementError::Busy => Self::Busy,
            StatementError::Stopping => Self::Stopping,
            StatementError::Worker(_) => Self::Internal { doing: "run a query worker", source: Box::new(error) },
        }
    }
}

impl Service {
    /// Runs one SELECT over tables the caller may read.
    ///
    /// # Errors
    /// `validation_failed` for a limit above the most rows, `query_not_allowed`, `query_failed`,
    /// `query_timeout`, `query_too_large`, `table_forbidden`, `busy`.
    pub async fn query(&self, actor: &Actor, request: QueryRequest) -> Result<QueryResult, Error> {
        if request.limit > MAX_QUERY_ROWS {
            return Err(Error::Invalid {
                field: "limit",
                message: format!("Input should be less than or equal to {MAX_QUERY_ROWS}"),
            });
        }
        if request.limit < -1 {
            return Err(Error::QueryFailed("limit must not be below -1".to_owned()));
        }
        if request.sql.len() > MAX_SQL_BYTES {
            return Err(Error::QueryTooLarge(format!("the statement is longer than {MAX_SQL_BYTES} bytes")));
        }
        let began = std::time::Instant::now();
        let result = self.run(actor, &request).await;
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            user.id = actor.user_id(),
            sql.sha256 = hex::encode(Sha256::digest(&request.sql)),
            rows = result.as_ref().map_or(0, |result| result.row_count),
            code = result.as_ref().err().map_or("ok", |error| error.code().as_str()),
            duration_ms,
            "Ran a query"
        );
        metrics::counter!("agnes_queries_total", "code" => result.as_ref().err().map_or("ok", |error| error.code().as_str()))
            .increment(1);
        metrics::histogram!("agnes_query_seconds").record(began.elapsed().as_secs_f64());
        result
    }

    async fn run(&self, actor: &Actor, request: &QueryRequest) -> Result<QueryResult, Error> {
        let statement = self.0.engine.parse(&request.sql).await?;
        let mut views: Vec<View> = Vec::with_capacity(statement.tables.len());
        for table in &statement.tables {
            let Some(name) = table.plain() else {
                return Err(Error::QueryNotAllowed("Only single SELECT queries are allowed".to_owned()));
            };
            let view = match self.resolve(actor, name) {
                Resolved::Forbidden => {
                    return Err(Error::TableForbidden(format!("Access denied to table '{name}'")));
                }
                Resolved::Unknown => return Err(no_such_table(name)),
                Resolved::Readable(known) => match known.published.as_deref() {
                    Some(published) if !published.parts.is_empty() => self.view(name, published)?,
                    Some(_) => {
                        return Err(Error::QueryFailed(format!(
                            "Table '{name}' is remote and cannot be queried here; use da fetch"
                        )));
                    }
                    None => return Err(Error::QueryFailed(format!("Table '{name}' has no data yet"))),
                },
            };
            // DuckDB compares names ignoring case, so one view serves every spelling.
            if !views.iter().any(|seen| seen.name.eq_ignore_ascii_case(&view.name)) {
                views.push(view);
            }
        }
        Ok(self.0.engine.query(views, &request.sql, request.limit).await?)
    }
}

fn no_such_table(name: &str) -> Error {
    Error::QueryFailed(format!("Catalog Error: Table with name {name} does not exist!"))
}
