//! Opening: fresh, again, twice, too old, too new.

use std::{os::unix::fs::PermissionsExt, path::Path};

use agnes_store::{Clock, Error, Store};
use duckdb::Connection;

use crate::{Fixture, at, open, options, user};

#[tokio::test]
async fn a_fresh_directory_is_private_and_has_its_groups() {
    let fixture = Fixture::new();
    let state = fixture.dir.path().join("state");
    assert_eq!(std::fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(state.join("lock")).unwrap().permissions().mode() & 0o777, 0o600);
    let directory = fixture.store.directory();
    let names: Vec<_> = directory.groups().iter().map(|group| (group.name.as_str(), group.is_system)).collect();
    assert_eq!(names, [("Admin", true), ("Everyone", true)]);
    assert_eq!(directory.active_admin_count(), 0);
    assert_eq!(fixture.store.read(|reader| reader.schema_version()).await.unwrap(), 14);
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let fixture = Fixture::new();
    let row = user("u", "u@example.com");
    let expected = row.clone();
    fixture.store.write(move |tx| tx.users().insert(&row)).await.unwrap();
    let admin = fixture.store.directory().admin_group_id().map(str::to_owned);
    let fixture = fixture.reopened().await;
    let directory = fixture.store.directory();
    assert_eq!(directory.user("u").map(AsRef::as_ref), Some(&expected));
    assert_eq!(directory.admin_group_id().map(str::to_owned), admin, "seeding does not make groups anew");
    assert_eq!(directory.groups().len(), 2);
}

#[tokio::test]
async fn a_system_group_that_lost_its_mark_gets_it_back_and_keeps_its_words() {
    let fixture = Fixture::new();
    let mut everyone = fixture.store.directory().group_by_name("Everyone").unwrap().as_ref().clone();
    everyone.is_system = false;
    everyone.description = Some("Ours".to_owned());
    fixture.store.write(move |tx| tx.groups().update(&everyone)).await.unwrap();
    let fixture = fixture.reopened().await;
    let directory = fixture.store.directory();
    let everyone = directory.group_by_name("Everyone").unwrap();
    assert_eq!((everyone.is_system, everyone.description.as_deref()), (true, Some("Ours")));
}

#[tokio::test]
async fn a_second_opening_is_refused_and_names_the_holder() {
    let fixture = Fixture::new();
    let refused = Store::open(options(fixture.dir.path(), Clock::fixed(at(0)))).unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, Error::Locked { .. }));
    assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
    assert!(text.contains(", since 2026-11-21T12:00:00Z"), "{text}");
    assert!(text.contains(&*gethostname::gethostname().to_string_lossy()), "{text}");
    fixture.store.close().await.unwrap();
    open(fixture.dir.path(), Clock::fixed(at(0))).close().await.unwrap();
}

/// A database another program left behind.
fn left_behind(sql: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    std::fs::create_dir(&state).unwrap();
    Connection::open(state.join("system.duckdb")).unwrap().execute_batch(sql).unwrap();
    dir
}

#[test]
fn a_schema_that_cannot_be_read_is_refused_with_a_sentence() {
    let version = "CREATE TABLE schema_version (version INTEGER NOT NULL, applied_at TIMESTAMP);";
    let cases = [
        (format!("{version} INSERT INTO schema_version VALUES (13, NULL)"), "version 13, which is too old"),
        (format!("{version} INSERT INTO schema_version VALUES (9, NULL)"), "version 9, which is too old"),
        (format!("{version} INSERT INTO schema_version VALUES (99, NULL)"), "newer version of Agnes"),
        (
            format!(
                "{version} INSERT INTO schema_version VALUES (14, NULL);
                 CREATE TABLE agnes_schema (version INTEGER, applied_at TIMESTAMP);
                 INSERT INTO agnes_schema VALUES (2, NULL)"
            ),
            "newer version of Agnes",
        ),
    ];
    for (sql, expected) in cases {
        let dir = left_behind(&sql);
        let before = std::fs::read(dir.path().join("state/system.duckdb")).unwrap();
        let text = Store::open(options(dir.path(), Clock::fixed(at(0)))).unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
        assert_eq!(std::fs::read(dir.path().join("state/system.duckdb")).unwrap(), before, "left as it was");
    }
}

/// A data directory as the original server, version 0.14.0, leaves it.
fn original() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("state")).unwrap();
    let packed = include_bytes!("../fixtures/reference-schema-14.duckdb.zst");
    let file = zstd::decode_all(packed.as_slice()).unwrap();
    std::fs::write(dir.path().join("state/system.duckdb"), file).unwrap();
    dir
}

/// Column names and types of every table, and how many rows it has.
fn contents(file: &Path, which: &str) -> Vec<String> {
    let connection = Connection::open(file).unwrap();
    let sql = format!(
        "SELECT table_name, string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_index)
           FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal AND {which}
          GROUP BY table_name ORDER BY table_name"
    );
    let mut statement = connection.prepare(&sql).unwrap();
    let tables = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    tables
        .map(|table| {
            let (name, columns) = table.unwrap();
            let count = format!("SELECT count(*) FROM {name}");
            let rows: i64 = connection.query_row(&count, [], |row| row.get(0)).unwrap();
            format!("{name} [{rows}]: {columns}")
        })
        .collect()
}

#[tokio::test]
async fn a_directory_of_the_original_server_keeps_every_row_and_a_copy() {
    let dir = original();
    let file = dir.path().join("state/system.duckdb");
    let before = contents(&file, "true");
    open(dir.path(), Clock::fixed(at(0))).close().await.unwrap();
    assert_eq!(contents(&file, "table_name NOT LIKE 'agnes_%'"), before);
    assert_eq!(contents(&file.with_extension("duckdb.pre-agnes"), "true"), before);
    assert_eq!(constraints(&file), 0);
}

#[tokio::test]
async fn a_group_of_the_original_server_can_be_renamed_and_removed() {
    let dir = original();
    let store = open(dir.path(), Clock::fixed(at(0)));
    let directory = store.directory();
    assert_eq!(directory.active_admin_count(), 1);
    let mut group = directory.group_by_name("Analysts").unwrap().as_ref().clone();
    let id = group.id.clone();
    assert!(!directory.members_of(&id).is_empty() && !directory.grants_of(&id).is_empty());
    group.name = "Renamed".to_owned();
    store.write(move |tx| tx.groups().update(&group)).await.unwrap();
    assert!(store.directory().group_by_name("Renamed").is_some());
    let gone = id.clone();
    assert!(store.write(move |tx| tx.groups().remove(&gone)).await.unwrap());
    assert!(store.directory().members_of(&id).is_empty());
    store.close().await.unwrap();
}

#[tokio::test]
async fn an_unknown_flag_in_an_adopted_directory_opens_nothing() {
    let dir = original();
    let file = dir.path().join("state/system.duckdb");
    Connection::open(&file).unwrap().execute_batch("UPDATE table_registry SET is_public = NULL").unwrap();
    let store = open(dir.path(), Clock::fixed(at(0)));
    assert!(store.directory().tables().iter().all(|table| !table.is_public));
    store.close().await.unwrap();
}

#[tokio::test]
async fn the_schema_is_the_reference_one_without_constraints() {
    let fixture = Fixture::new();
    fixture.store.close().await.unwrap();
    let file = fixture.dir.path().join("state/system.duckdb");
    insta::assert_snapshot!(contents(&file, "true").join("\n"));
    assert_eq!(constraints(&file), 0);
}

fn constraints(file: &Path) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM duckdb_constraints()) + (SELECT count(*) FROM duckdb_indexes())";
    Connection::open(file).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}
