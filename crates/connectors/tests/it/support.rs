//! A folder of files, its extract, and a plain DuckDB that looks at it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use agnes_connectors::csv::{CsvSource, Limits, TableSpec, run};
use agnes_connectors::{Report, TableReport};
use agnes_store::Clock;
use chrono::DateTime;
use duckdb::{AccessMode, Config, Connection};

/// A root and an `extracts/`, both gone with it.
pub struct Folder {
    directory: tempfile::TempDir,
    pub limits: Limits,
}

impl Folder {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("root")).unwrap();
        Self { directory, limits: Limits::default() }
    }

    /// A folder with one file.
    pub fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let folder = Self::new();
        folder.put(name, content);
        folder
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn root(&self) -> PathBuf {
        self.path().join("root")
    }

    /// Writes a file into the root, with its folders.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub fn source(&self) -> CsvSource {
        CsvSource { limits: self.limits, ..CsvSource::new(self.root(), self.path().join("extracts")) }
    }

    pub fn extract(&self) -> PathBuf {
        self.path().join("extracts/csv")
    }

    pub fn run(&self, all: &[TableSpec]) -> Report {
        self.run_at(all, None, 1_800_000_000)
    }

    pub fn run_only(&self, all: &[TableSpec], only: &[&str]) -> Report {
        let only: Vec<String> = only.iter().map(|key| (*key).to_owned()).collect();
        self.run_at(all, Some(&only), 1_800_000_000)
    }

    pub fn run_at(&self, all: &[TableSpec], only: Option<&[String]>, seconds: i64) -> Report {
        let clock = Clock::fixed(DateTime::from_timestamp(seconds, 0).unwrap());
        run(&self.source(), all, only, &clock, &mut |_| {})
    }

    /// Runs one table of one file; gives its report.
    pub fn table(&self, file: &str) -> TableReport {
        self.run(&[spec("t", file)]).tables.remove(0)
    }

    /// Each row of a query against the extract as `(1, NULL, x)`.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        query(&self.extract().join("extract.duckdb"), sql)
    }

    /// Column names and types of a table: `a BIGINT`.
    pub fn columns(&self, table: &str) -> Vec<String> {
        self.rows(&format!("SELECT column_name || ' ' || column_type FROM (DESCRIBE {table})"))
            .into_iter()
            .map(|row| row.trim_matches(['(', ')', '\'']).to_owned())
            .collect()
    }

    /// Every file of the extract with its time of change, sorted.
    pub fn listing(&self) -> Vec<(String, std::time::SystemTime)> {
        let mut files = Vec::new();
        let mut folders = vec![self.extract()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    let name = entry.path().strip_prefix(self.extract()).unwrap().display().to_string();
                    files.push((name, entry.metadata().unwrap().modified().unwrap()));
                }
            }
        }
        files.sort();
        files
    }

    pub fn file_names(&self) -> Vec<String> {
        self.listing().into_iter().map(|(name, _)| name).collect()
    }
}

pub fn spec(name: &str, file: &str) -> TableSpec {
    TableSpec {
        id: format!("id_{name}"),
        name: name.to_owned(),
        source_table: Some(file.to_owned()),
        ..TableSpec::default()
    }
}

/// All rows of a query on a DuckDB file nobody of us set up.
pub fn query(file: &Path, sql: &str) -> Vec<String> {
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap();
    let connection = Connection::open_with_flags(file, config).unwrap();
    rows(&connection, sql)
}

/// Each row of a query as `(1, NULL, x)`.
pub fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let sql = format!("SELECT CAST(row(*COLUMNS(*)) AS VARCHAR) FROM ({sql})");
    let mut statement = connection.prepare(&sql).unwrap();
    statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap).collect()
}

pub fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(content: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(content.as_ref(), 1).unwrap()
}

/// The bytes of a parquet file with the rows of a query.
pub fn parquet(sql: &str) -> Vec<u8> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.parquet");
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&format!("COPY ({sql}) TO '{}' (FORMAT parquet)", path.display())).unwrap();
    fs::read(path).unwrap()
}
