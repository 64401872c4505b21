//! An engine in a folder of its own, and what to put there.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use agnes_analytics::{
    Engine, Limits, Objects, Publication, PublishedTable, Publisher, QueryError, View, WorkerCommand,
    publish::{Folders, Previous, TableState},
};
use agnes_contract::query::QueryResult;
use duckdb::Connection;
use tempfile::TempDir;

pub fn worker() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_agnes-worker").into(), args: vec![] }
}

pub fn limits() -> Limits {
    Limits {
        memory_mb: 256,
        threads: 2,
        timeout: Duration::from_secs(30),
        max_rows: 100_000,
        max_result_bytes: 16 << 20,
        max_workers: 3,
        queue_timeout: Duration::from_secs(20),
    }
}

/// A data directory with an engine over it.
pub struct Place {
    pub folder: TempDir,
    pub engine: Engine,
    files: AtomicU32,
}

impl Place {
    pub fn new() -> Self {
        Self::with(limits())
    }

    pub fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(worker(), limits, Objects::new(folder.path().join("objects")));
        Self { folder, engine, files: AtomicU32::new(0) }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn publisher(&self) -> Publisher {
        let folders = Folders {
            extracts: self.path().join("extracts"),
            analytics: self.path().join("analytics"),
            tmp: self.path().join("tmp"),
        };
        Publisher::new(folders, self.engine.clone())
    }

    /// A part with these rows, under a name.
    pub fn view(&self, name: &str, select: &str) -> View {
        let file = self.path().join(format!("{}.parquet", self.files.fetch_add(1, Ordering::Relaxed)));
        parquet(&file, select);
        let info = self.engine.objects().adopt(&file).unwrap();
        View { name: name.into(), files: vec![self.engine.objects().path(&info.digest)] }
    }

    pub async fn query(&self, views: &[View], sql: &str) -> Result<QueryResult, QueryError> {
        self.engine.query(views.to_vec(), sql, 1000).await
    }

    pub async fn one(&self, views: &[View], sql: &str) -> serde_json::Value {
        let mut answer = self.query(views, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        answer.rows.swap_remove(0).swap_remove(0)
    }
}

/// Writes the rows of a SELECT as parquet.
pub fn parquet(file: &Path, select: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let sql = format!("COPY ({select}) TO '{}' (FORMAT parquet)", file.display());
    Connection::open_in_memory().unwrap().execute_batch(&sql).unwrap();
}

/// A source as plain DuckDB writes it: `extract.duckdb` with the rows of `_meta` and what `sql` makes.
pub struct Extract {
    pub folder: PathBuf,
}

impl Extract {
    pub fn new(place: &Place, source: &str) -> Self {
        let folder = place.path().join("extracts").join(source);
        std::fs::create_dir_all(folder.join("data")).unwrap();
        Self { folder }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.join("extract.duckdb")
    }

    /// `_meta` with these tables, all `local` unless written `name:mode`.
    pub fn meta(&self, tables: &[&str]) -> &Self {
        self.meta_and(tables, "")
    }

    pub fn meta_and(&self, tables: &[&str], sql: &str) -> &Self {
        let _ = std::fs::remove_file(self.file());
        let connection = Connection::open(self.file()).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE _meta (table_name VARCHAR NOT NULL, description VARCHAR, rows BIGINT, size_bytes BIGINT,
                                     extracted_at TIMESTAMP, query_mode VARCHAR DEFAULT 'local')",
            )
            .unwrap();
        for table in tables {
            let (name, mode) = table.split_once(':').unwrap_or((table, "local"));
            connection
                .execute(
                    "INSERT INTO _meta VALUES (?, 'about it', 999, 999, TIMESTAMP '2026-01-02 03:04:05', ?)",
                    [name, mode],
                )
                .unwrap();
        }
        connection.execute_batch(sql).unwrap();
        connection.execute_batch("CHECKPOINT").unwrap();
        self
    }

    pub fn data(&self, name: &str, select: &str) -> &Self {
        parquet(&self.folder.join("data").join(format!("{name}.parquet")), select);
        self
    }
}

pub async fn rebuild(publisher: &Publisher, previous: &[PublishedTable]) -> Publication {
    publisher.rebuild(Previous { tables: previous.to_vec() }, |_| {}).await.unwrap()
}

/// `source.table rows state`, in order of names.
pub fn summary(publication: &Publication) -> Vec<String> {
    let line = |outcome: &agnes_analytics::publish::TableOutcome| {
        let state = match &outcome.state {
            TableState::Published => "published",
            TableState::Unchanged => "unchanged",
            TableState::Removed => "removed",
            TableState::Error(_) => "error",
        };
        format!("{}.{} {} {state}", outcome.source, outcome.table, outcome.rows)
    };
    publication.outcomes.iter().map(line).collect()
}

pub fn table<'a>(publication: &'a Publication, name: &str) -> Option<&'a PublishedTable> {
    publication.tables.iter().find(|table| table.name == name)
}

/// The text of the error of a table's outcome.
pub fn error_of(publication: &Publication, name: &str) -> String {
    publication
        .outcomes
        .iter()
        .find_map(|outcome| match &outcome.state {
            TableState::Error(reason) if outcome.table == name => Some(reason.clone()),
            _ => None,
        })
        .unwrap_or_default()
}
