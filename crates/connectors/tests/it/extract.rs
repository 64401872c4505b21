//! The contract on disk, as others read it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use agnes_connectors::extract::{MetaRow, QueryMode, RemoteAttach, Writer};
use agnes_contract::id::{SourceName, SqlIdent};
use chrono::DateTime;

use crate::support::{Folder, parquet, query, spec};

fn ident(text: &str) -> SqlIdent {
    SqlIdent::new(text).unwrap()
}

fn meta(name: &str, query_mode: QueryMode) -> MetaRow {
    MetaRow {
        table_name: ident(name),
        description: "d".to_owned(),
        rows: 1,
        size_bytes: 2,
        extracted_at: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
        query_mode,
    }
}

#[test]
fn meta_has_its_columns_in_order_and_a_view_for_each_local_table() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.run(&[spec("a", "a.csv")]);
    assert_eq!(
        folder.columns("_meta"),
        [
            "table_name VARCHAR",
            "description VARCHAR",
            "rows BIGINT",
            "size_bytes BIGINT",
            "extracted_at TIMESTAMP",
            "query_mode VARCHAR"
        ]
    );
    let size = fs::metadata(folder.extract().join("data/a.parquet")).unwrap().len();
    assert_eq!(folder.rows("SELECT * FROM _meta"), [format!("(a, '', 1, {size}, '2027-01-15 08:00:00', local)")]);
    assert_eq!(folder.rows("SELECT view_name FROM duckdb_views() WHERE NOT internal"), ["(a)"]);
    assert!(!folder.file_names().iter().any(|name| name.contains("wal") || name.contains("tmp")));
}

#[test]
fn published_files_are_readable_by_all() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.run(&[spec("a", "a.csv")]);
    let mode = |path: &str| fs::metadata(folder.extract().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("extract.duckdb"), mode("data/a.parquet"), mode("."), mode("data")], [0o644, 0o644, 0o755, 0o755]);
}

#[test]
fn remote_tables_have_a_row_and_no_view() {
    let directory = tempfile::tempdir().unwrap();
    let writer = Writer::open(directory.path(), &SourceName::new("bq").unwrap()).unwrap();
    fs::write(writer.table_file(&ident("here")), parquet("SELECT 1 AS x")).unwrap();
    let remote = RemoteAttach {
        alias: ident("bq"),
        extension: ident("bigquery"),
        url: "project=it's".to_owned(),
        token_env: String::new(),
    };
    writer.publish(&[meta("here", QueryMode::Local), meta("there", QueryMode::Remote)], &[remote]).unwrap();
    let file = directory.path().join("bq/extract.duckdb");
    assert_eq!(
        query(&file, "SELECT table_name, query_mode FROM _meta ORDER BY 1"),
        ["(here, local)", "(there, remote)"]
    );
    assert_eq!(
        query(&file, "SELECT alias, extension, url = 'project=it''s' FROM _remote_attach"),
        ["(bq, bigquery, true)"]
    );
    assert_eq!(query(&file, "SELECT x FROM here"), ["(1)"]);
    let writer = Writer::open(directory.path(), &SourceName::new("bq").unwrap()).unwrap();
    let published = writer.published().unwrap();
    assert_eq!(published, [meta("here", QueryMode::Local), meta("there", QueryMode::Remote)]);
}

#[test]
fn a_publication_that_fails_leaves_the_old_extract() {
    let directory = tempfile::tempdir().unwrap();
    let source = SourceName::new("s").unwrap();
    let writer = Writer::open(directory.path(), &source).unwrap();
    fs::write(writer.table_file(&ident("t")), parquet("SELECT 1 AS x")).unwrap();
    writer.publish(&[meta("t", QueryMode::Local)], &[]).unwrap();
    let file = directory.path().join("s/extract.duckdb");
    for bad in ["missing", "_meta"] {
        let writer = Writer::open(directory.path(), &source).unwrap();
        assert!(writer.publish(&[meta("t", QueryMode::Local), meta(bad, QueryMode::Local)], &[]).is_err());
        assert_eq!(query(&file, "SELECT table_name FROM _meta"), ["(t)"]);
    }
    drop(Writer::open(directory.path(), &source).unwrap());
    assert!(!directory.path().join("s/extract.duckdb.tmp").exists());
}

#[test]
fn a_data_directory_with_an_odd_name_works() {
    let directory = tempfile::tempdir().unwrap();
    let extracts = directory.path().join("it's [odd] *ž");
    let root = directory.path().join("root");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("t.csv"), "x\n1\n").unwrap();
    let source = agnes_connectors::csv::CsvSource::new(&root, &extracts);
    let clock = agnes_store::Clock::fixed(DateTime::UNIX_EPOCH);
    let report = agnes_connectors::csv::run(&source, &[spec("t", "t.csv")], None, &clock, &mut |_| {});
    assert_eq!(report.tables[0].error, None);
    assert_eq!(query(&extracts.join("csv/extract.duckdb"), "SELECT x FROM t"), ["(1)"]);
}
