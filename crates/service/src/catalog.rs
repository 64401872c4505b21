//! What data there is, for those who may read it.

use std::num::NonZeroUsize;
use std::sync::Arc;

use agnes_analytics::{QueryError, View};
use agnes_contract::catalog::{
    Catalog, CatalogTable, CatalogV2, CatalogV2Table, Column, TableDetail, TableSample, TableSchema,
};
use agnes_contract::id::Digest;
use agnes_store::Directory;
use agnes_store::PublishedRow;
use parking_lot::Mutex;
use serde_json::Map;

use crate::access::KnownTable;
use crate::actor::Actor;
use crate::error::Error;
use crate::explain::readers;
use crate::service::Service;

/// Rows on the table page.
const PAGE_ROWS: u32 = 10;
/// Tables whose sample is kept in memory.
const KEPT: usize = 256;

/// Cells as text, row by row.
type TextRows = Arc<Vec<Vec<Option<String>>>>;

/// Samples by the table's digest: what is published never changes, so neither does its sample.
pub(crate) struct Samples(Mutex<lru::LruCache<String, TextRows>>);

impl Default for Samples {
    fn default() -> Self {
        Self(Mutex::new(lru::LruCache::new(NonZeroUsize::new(KEPT).unwrap_or(NonZeroUsize::MIN))))
    }
}

fn entry(directory: &Directory, table: &KnownTable) -> CatalogTable {
    let row = table.row.as_deref();
    let published = table.published.as_deref();
    let attempt = directory.attempt(&table.name);
    let error = attempt.and_then(|attempt| attempt.error.clone());
    let status = match (&error, published) {
        (Some(_), _) => "error",
        (None, Some(_)) => "ok",
        (None, None) => "pending",
    };
    CatalogTable {
        id: table.id.clone(),
        name: table.name.clone(),
        description: row.and_then(|row| row.description.clone()),
        source_type: row.and_then(|row| row.source_type.clone()),
        sync_strategy: row.and_then(|row| row.sync_strategy.clone()),
        query_mode: row
            .and_then(|row| row.query_mode.clone())
            .or_else(|| published.map(|published| published.query_mode.clone())),
        bucket: row.and_then(|row| row.bucket.clone()),
        rows: published.map(|published| published.rows),
        size_bytes: published.map(|published| published.size_bytes),
        column_count: published.map(|published| published.columns.len() as u64),
        published_at: published.map(|published| published.published_at),
        last_sync: attempt.and_then(|attempt| attempt.succeeded_at),
        status: status.to_owned(),
        error,
        is_public: row.is_some_and(|row| row.is_public),
    }
}

fn columns(published: Option<&PublishedRow>) -> Vec<Column> {
    published
        .map(|published| {
            published
                .columns
                .iter()
                .map(|column| Column {
                    name: column.name.clone(),
                    data_type: column.data_type.clone(),
                    nullable: column.nullable,
                    description: String::new(),
                })
                .collect()
        })
        .unwrap_or_default()
}

fn by_name(view: &[KnownTable]) -> Vec<&KnownTable> {
    let mut tables: Vec<&KnownTable> = view.iter().collect();
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    tables
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Failed(text) => Self::QueryFailed(text),
            QueryError::Timeout => Self::QueryTimeout,
            QueryError::TooLarge(text) => Self::QueryTooLarge(text),
            QueryError::Crashed => {
                Self::QueryTooLarge("the statement ended its worker process; it may need too much memory".to_owned())
            }
            QueryError::Busy => Self::Busy,
            QueryError::Stopping => Self::Stopping,
            QueryError::Worker(_) => Self::Internal { doing: "run a query worker", source: Box::new(error) },
        }
    }
}

impl Service {
    /// Readable tables, by name, with freshness and size.
    ///
    /// # Errors
    /// None a caller can cause.
    pub async fn catalog(&self, actor: &Actor) -> Result<Catalog, Error> {
        let directory = self.directory();
        let view = self.access_view(actor);
        let tables: Vec<CatalogTable> =
            by_name(view.tables()).into_iter().map(|table| entry(&directory, table)).collect();
        Ok(Catalog { count: tables.len() as u64, tables })
    }

    /// The same as the command line reads it.
    ///
    /// # Errors
    /// None a caller can cause.
    pub async fn catalog_v2(&self, actor: &Actor) -> Result<CatalogV2, Error> {
        let view = self.access_view(actor);
        let tables = by_name(view.tables())
            .into_iter()
            .map(|table| {
                let row = table.row.as_deref();
                let source_type = row.and_then(|row| row.source_type.clone()).unwrap_or_default();
                let (sql_flavor, where_examples, fetch_via) = dialect(&table.id, &source_type);
                CatalogV2Table {
                    id: table.id.clone(),
                    name: table.name.clone(),
                    description: row.and_then(|row| row.description.clone()).unwrap_or_default(),
                    query_mode: row.and_then(|row| row.query_mode.clone()).unwrap_or_else(|| "local".to_owned()),
                    source_type,
                    sql_flavor,
                    where_examples,
                    fetch_via,
                    rough_size_hint: table.published.as_deref().map(|published| published.size_bytes),
                    published_at: table.published.as_deref().map(|published| published.published_at),
                    rows: table.published.as_deref().map(|published| published.rows),
                }
            })
            .collect();
        Ok(CatalogV2 { tables, server_time: self.now() })
    }

    /// Everything the table page shows.
    ///
    /// # Errors
    /// `table_forbidden`, `table_not_found`; what workers answer.
    pub async fn table_detail(&self, actor: &Actor, key: &str) -> Result<TableDetail, Error> {
        let table = self.readable(
            actor,
            key,
            || format!("Access denied to table '{key}'"),
            || format!("Table '{key}' not found"),
        )?;
        let directory = self.directory();
        let sample = match table.published.as_deref() {
            Some(published) => self.text_sample(&table, published).await?,
            None => TextRows::default(),
        };
        Ok(TableDetail {
            columns: columns(table.published.as_deref()),
            primary_key: table.row.as_deref().and_then(|row| row.primary_key.clone()).unwrap_or_default(),
            sample: sample.as_ref().clone(),
            readers: actor.is_admin().then(|| readers(self, &directory, &table)),
            table: entry(&directory, &table),
        })
    }

    /// Columns and types of a table.
    ///
    /// # Errors
    /// `table_not_found`, `table_forbidden`.
    pub async fn table_schema(&self, actor: &Actor, key: &str) -> Result<TableSchema, Error> {
        let table = self.readable_v2(actor, key)?;
        let source_type = table.row.as_deref().and_then(|row| row.source_type.clone()).unwrap_or_default();
        let published = table.published.as_deref().ok_or_else(|| no_data(key))?;
        Ok(TableSchema {
            table_id: table.id.clone(),
            sql_flavor: dialect(&table.id, &source_type).0,
            source_type,
            columns: columns(Some(published)),
            partition_by: None,
            clustered_by: Vec::new(),
            where_dialect_hints: Map::new(),
        })
    }

    /// The first rows of a table.
    ///
    /// # Errors
    /// `validation_failed` for an `n` outside 1 to 100, `table_not_found`, `table_forbidden`; what workers answer.
    pub async fn table_sample(&self, actor: &Actor, key: &str, n: i64) -> Result<TableSample, Error> {
        let n = u32::try_from(n)
            .ok()
            .filter(|n| (1..=100).contains(n))
            .ok_or_else(|| Error::Invalid { field: "n", message: "Input should be between 1 and 100".to_owned() })?;
        let table = self.readable_v2(actor, key)?;
        let source = table.row.as_deref().and_then(|row| row.source_type.clone()).unwrap_or_default();
        let published = table.published.as_deref().ok_or_else(|| no_data(key))?;
        let rows = self.0.engine.sample(self.view(&table.name, published)?, n).await?;
        Ok(TableSample { table_id: table.id, rows, source })
    }

    /// For the v2 endpoints: unknown is 404 for everybody, before rights are asked.
    fn readable_v2(&self, actor: &Actor, key: &str) -> Result<KnownTable, Error> {
        if crate::access::meanings(&self.directory(), key).is_empty() {
            return Err(Error::TableNotFound(format!("table '{key}' not found")));
        }
        self.readable(actor, key, || "not authorized for this table".to_owned(), || format!("table '{key}' not found"))
    }

    /// A published table as workers see it.
    pub(crate) fn view(&self, name: &str, published: &PublishedRow) -> Result<View, Error> {
        let files = published
            .parts
            .iter()
            .map(|part| Digest::new(part.digest.clone()).map(|digest| self.0.objects.path(&digest)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(Error::during("name a published part"))?;
        Ok(View { name: name.to_owned(), files })
    }

    async fn text_sample(&self, table: &KnownTable, published: &PublishedRow) -> Result<TextRows, Error> {
        if published.parts.is_empty() {
            return Ok(TextRows::default());
        }
        if let Some(ready) = self.0.samples.0.lock().get(&published.digest) {
            return Ok(Arc::clone(ready));
        }
        let (_, rows) = self.0.engine.sample_text(self.view(&table.name, published)?, PAGE_ROWS).await?;
        let rows = Arc::new(rows);
        self.0.samples.0.lock().put(published.digest.clone(), Arc::clone(&rows));
        Ok(rows)
    }
}

fn no_data(key: &str) -> Error {
    Error::TableNotFound(format!("table '{key}' has no data yet"))
}

/// SQL dialect, predicates to start from, and how to get at the data, by source type.
fn dialect(id: &str, source_type: &str) -> (String, Vec<String>, String) {
    if source_type == "bigquery" {
        let examples =
            vec!["event_date > DATE '2026-01-01'".to_owned(), "country_code = 'CZ' AND platform = 'web'".to_owned()];
        let fetch = format!("da fetch {id} --select <cols> --where '<BQ predicate>' --limit <N>");
        ("bigquery".to_owned(), examples, fetch)
    } else {
        ("duckdb".to_owned(), Vec::new(), "already local — query directly via `da query`".to_owned())
    }
}
