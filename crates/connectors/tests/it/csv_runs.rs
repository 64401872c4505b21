//! What one run leaves to the next.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use agnes_connectors::TableState::{Error, Unchanged, Written};
use agnes_connectors::{Progress, Report, TableState};

use crate::support::{Folder, spec};

fn states(report: &Report) -> Vec<TableState> {
    report.tables.iter().map(|table| table.state).collect()
}

/// Gives a file another time of change.
fn touch(path: &Path, seconds: u64) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
}

#[test]
fn an_unchanged_run_writes_nothing() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.put("b.csv", "y\n2\n");
    let all = [spec("a", "a.csv"), spec("b", "b.csv")];
    let first = folder.run(&all);
    assert_eq!((first.changed, states(&first)), (true, vec![Written, Written]));
    let before = folder.listing();
    let names: Vec<&str> = before.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [".lock", ".state.json", "data/a.parquet", "data/b.parquet", "extract.duckdb"]);
    let second = folder.run_at(&all, None, 1_900_000_000);
    assert_eq!((second.changed, states(&second)), (false, vec![Unchanged, Unchanged]));
    assert_eq!((second.tables[0].rows, second.tables[0].bytes), (1, first.tables[0].bytes));
    assert_eq!(folder.listing(), before);
}

#[test]
fn equal_bytes_under_a_new_time_are_unchanged() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let all = [spec("a", "a.csv")];
    folder.run(&all);
    let extract =
        |folder: &Folder| folder.listing().into_iter().filter(|(name, _)| !name.starts_with('.')).collect::<Vec<_>>();
    let before = extract(&folder);
    touch(&folder.root().join("a.csv"), 1_000_000_000);
    assert_eq!(states(&folder.run(&all)), [Unchanged]);
    assert_eq!(extract(&folder), before);
    // The new time is remembered: the third run reads nothing and writes nothing.
    let all_files = folder.listing();
    assert_eq!(states(&folder.run(&all)), [Unchanged]);
    assert_eq!(folder.listing(), all_files);
}

#[test]
fn only_the_changed_table_is_written() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.put("b.csv", "y\n2\n");
    let all = [spec("a", "a.csv"), spec("b", "b.csv")];
    folder.run_at(&all, None, 1_000_000_000);
    let b_before = fs::metadata(folder.extract().join("data/b.parquet")).unwrap().modified().unwrap();
    folder.put("a.csv", "x\n7\n");
    let report = folder.run_at(&all, None, 1_100_000_000);
    assert_eq!((report.changed, states(&report)), (true, vec![Written, Unchanged]));
    assert_eq!(folder.rows("SELECT a.x, b.y FROM a, b"), ["(7, 2)"]);
    assert_eq!(fs::metadata(folder.extract().join("data/b.parquet")).unwrap().modified().unwrap(), b_before);
    assert_eq!(
        folder.rows("SELECT table_name, epoch(extracted_at)::BIGINT FROM _meta ORDER BY 1"),
        ["(a, 1100000000)", "(b, 1000000000)"]
    );
}

#[test]
fn a_failed_or_missing_file_keeps_its_old_table() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.put("b.csv", "y\n2\n");
    let all = [spec("a", "a.csv"), spec("b", "b.csv")];
    folder.run_at(&all, None, 1_000_000_000);
    let before = folder.rows("SELECT * FROM _meta ORDER BY 1");
    for broken in ["", "x\n1,2\n"] {
        folder.put("a.csv", broken);
        let report = folder.run(&all);
        assert_eq!((report.changed, states(&report), report.exit_code()), (false, vec![Error, Unchanged], 2));
        assert_eq!(report.tables[0].rows, 1);
    }
    fs::remove_file(folder.root().join("a.csv")).unwrap();
    folder.put("b.csv", "y\n3\n");
    let report = folder.run(&all);
    assert_eq!(states(&report), [Error, Written]);
    assert_eq!(folder.rows("SELECT x, y FROM a, b"), ["(1, 3)"]);
    assert_eq!(folder.rows("SELECT * FROM _meta ORDER BY 1")[0], before[0]);
    fs::remove_dir_all(folder.root()).unwrap();
    let report = folder.run(&all);
    assert_eq!((report.changed, states(&report), report.exit_code()), (false, vec![Error, Error], 1));
    assert_eq!(folder.rows("SELECT x, y FROM a, b"), ["(1, 3)"]);
}

#[test]
fn a_partial_run_leaves_the_rest_alone() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.put("b.csv", "y\n2\n");
    let all = [spec("a", "a.csv"), spec("b", "b.csv")];
    folder.run(&all);
    folder.put("a.csv", "x\n10\n");
    folder.put("b.csv", "y\n20\n");
    let report = folder.run_only(&all, &["id_b"]);
    assert_eq!((states(&report), report.tables[0].table.as_str()), (vec![Written], "b"));
    assert_eq!(folder.rows("SELECT x, y FROM a, b"), ["(1, 20)"]);
    let report = folder.run_only(&all, &["A", "nobody"]);
    assert_eq!(states(&report), [Written]);
    assert_eq!(folder.rows("SELECT x, y FROM a, b"), ["(10, 20)"]);
    assert_eq!(states(&folder.run(&all)), [Unchanged, Unchanged]);
}

#[test]
fn a_table_that_left_the_registry_leaves_the_extract() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.put("b.csv", "y\n2\n");
    folder.run(&[spec("a", "a.csv"), spec("b", "b.csv")]);
    let report = folder.run(&[spec("b", "b.csv")]);
    assert_eq!((report.changed, states(&report)), (true, vec![Unchanged]));
    assert_eq!(folder.rows("SELECT table_name FROM _meta"), ["(b)"]);
    assert!(!folder.file_names().contains(&"data/a.parquet".to_owned()));
    let report = folder.run(&[]);
    assert_eq!((report.changed, report.exit_code()), (true, 0));
    assert_eq!(folder.rows("SELECT count(*) FROM _meta"), ["(0)"]);
    assert!(!folder.run(&[]).changed);
}

#[test]
fn a_new_description_is_published_without_reading_the_file_again() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let mut table = spec("a", "a.csv");
    folder.run(std::slice::from_ref(&table));
    table.description = Some("It's \"orders\"".to_owned());
    let report = folder.run(&[table]);
    assert_eq!((report.changed, states(&report)), (true, vec![Unchanged]));
    assert_eq!(folder.rows("SELECT description = 'It''s \"orders\"' FROM _meta"), ["(true)"]);
}

#[test]
fn what_a_killed_run_left_is_swept_and_the_old_extract_is_whole_until_then() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let all = [spec("a", "a.csv")];
    folder.run(&all);
    let extract = folder.extract();
    fs::write(extract.join("extract.duckdb.tmp"), "half").unwrap();
    fs::write(extract.join("extract.duckdb.tmp.wal"), "half").unwrap();
    fs::write(extract.join("data/.a.parquet.tmp"), "half").unwrap();
    fs::create_dir_all(extract.join("tmp/run-dead/table")).unwrap();
    fs::write(extract.join("tmp/run-dead/table/rows-0.csv"), "half").unwrap();
    assert_eq!(folder.rows("SELECT x FROM a"), ["(1)"]);
    let report = folder.run(&all);
    assert_eq!((report.changed, states(&report)), (false, vec![Unchanged]));
    assert_eq!(folder.file_names(), [".lock", ".state.json", "data/a.parquet", "extract.duckdb"]);
}

#[test]
fn killed_between_the_parquet_and_the_extract_the_next_run_repairs() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let all = [spec("a", "a.csv")];
    folder.run(&all);
    // The new parquet is in place, the new extract.duckdb and the memory of it are not.
    fs::write(folder.extract().join("data/a.parquet"), crate::support::parquet("SELECT 9 AS x, 9 AS z")).unwrap();
    let report = folder.run(&all);
    assert_eq!((report.changed, states(&report)), (true, vec![Written]));
    assert_eq!(folder.rows("SELECT * FROM a"), ["(1)"]);
}

#[test]
fn what_is_lost_or_broken_is_made_anew() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let all = [spec("a", "a.csv")];
    for (name, expected) in [("extract.duckdb", Unchanged), (".state.json", Written), ("data/a.parquet", Written)] {
        folder.run(&all);
        let path = folder.extract().join(name);
        let check = |what: &str| {
            let report = folder.run(&all);
            assert_eq!((report.changed, states(&report)), (true, vec![expected]), "{name} {what}");
            assert_eq!(folder.rows("SELECT x FROM a"), ["(1)"], "{name} {what}");
        };
        fs::write(&path, "not what it was").unwrap();
        check("broken");
        fs::remove_file(&path).unwrap();
        check("gone");
    }
}

#[test]
fn tables_survive_the_loss_of_the_extract_even_when_their_files_fail() {
    let folder = Folder::with("a.csv", "x\n1\n");
    folder.put("b.csv", "y\n2\n");
    folder.put("c.csv", "z\n3\n");
    let all = [spec("a", "a.csv"), spec("b", "b.csv"), spec("c", "c.csv")];
    folder.run(&all);
    fs::write(folder.extract().join("extract.duckdb"), "broken").unwrap();
    fs::remove_file(folder.root().join("a.csv")).unwrap();
    folder.put("b.csv", "y\n20\n");
    let report = folder.run_only(&all, &["a", "b"]);
    assert_eq!(states(&report), [Error, Written]);
    assert_eq!(folder.rows("SELECT x, y, z FROM a, b, c"), ["(1, 20, 3)"]);
    assert_eq!(folder.rows("SELECT table_name, rows FROM _meta ORDER BY 1"), ["(a, 1)", "(b, 1)", "(c, 1)"]);
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let name = agnes_contract::id::SourceName::new("csv").unwrap();
    let held = agnes_connectors::extract::Writer::open(&folder.path().join("extracts"), &name).unwrap();
    let report = folder.run(&[spec("a", "a.csv")]);
    assert!(report.tables[0].error.as_deref().unwrap().contains("another run"), "{report:?}");
    drop(held);
    assert_eq!(states(&folder.run(&[spec("a", "a.csv")])), [Written]);
}

#[test]
fn a_file_that_changes_while_it_is_read_fails_this_run_only() {
    let folder = Folder::with("a.csv", format!("x\n{}", "12345678\n".repeat(2_000_000)));
    let path = folder.root().join("a.csv");
    let mut told = 0;
    let clock = agnes_store::Clock::fixed(chrono::DateTime::UNIX_EPOCH);
    let all = [spec("a", "a.csv")];
    let report = agnes_connectors::csv::run(&folder.source(), &all, None, &clock, &mut |progress| {
        if let Progress::Reading { bytes, total_bytes, rows, .. } = progress {
            assert!(bytes <= total_bytes && rows > 0);
            told += 1;
            touch(&path, 1_000_000_000 + told);
        }
    });
    assert!(told > 0, "a file of this size tells its progress");
    assert!(report.tables[0].error.as_deref().unwrap().contains("changed while it was read"), "{report:?}");
    assert_eq!(states(&folder.run(&all)), [Written]);
}
