//! Nothing outside of the root is read.

use std::os::unix::fs::symlink;

use agnes_connectors::TableState;
use agnes_connectors::csv::TableSpec;

use crate::support::{Folder, spec};

#[test]
fn a_path_that_leads_out_is_refused() {
    let folder = Folder::with("in/t.csv", "a\n1\n");
    std::fs::create_dir(folder.path().join("root-beside")).unwrap();
    for outside in ["secret.csv", "root-beside/secret.csv"] {
        std::fs::write(folder.path().join(outside), "a\n666\n").unwrap();
    }
    symlink(folder.path().join("secret.csv"), folder.root().join("link.csv")).unwrap();
    symlink(folder.path(), folder.root().join("up")).unwrap();
    symlink(folder.path().join("root-beside"), folder.root().join("beside")).unwrap();
    let absolute = folder.path().join("secret.csv").display().to_string();
    let outside = folder.path().display().to_string();
    let cases = [
        ("", "../secret.csv"),
        ("..", "secret.csv"),
        ("in/../..", "secret.csv"),
        ("in", "../../secret.csv"),
        ("", absolute.as_str()),
        (outside.as_str(), "secret.csv"),
        ("/", "etc/passwd"),
        ("", "link.csv"),
        ("", "l*.csv"),
        ("up", "secret.csv"),
        ("", "up/secret.csv"),
        ("up", "*.csv"),
        ("beside", "secret.csv"),
        ("", "."),
        ("", ".."),
        ("", ""),
        ("", "in/"),
        ("", "a\0.csv"),
        ("a\0", "t.csv"),
    ];
    for (bucket, file) in cases {
        let table = TableSpec { bucket: Some(bucket.to_owned()), ..spec("t", file) };
        let report = folder.run(&[table]).tables.remove(0);
        assert_eq!(report.state, TableState::Error, "{bucket:?} {file:?}");
        let error = report.error.unwrap();
        assert!(error.contains("inside of the folder"), "{bucket:?} {file:?}: {error}");
    }
}

#[test]
fn links_that_stay_inside_are_followed() {
    let folder = Folder::with("in/t.csv", "a\n1\n");
    symlink(folder.root().join("in/t.csv"), folder.root().join("link.csv")).unwrap();
    symlink("in", folder.root().join("door")).unwrap();
    assert_eq!(folder.table("link.csv").error, None);
    assert_eq!(folder.table("door/t.csv").error, None);
    assert_eq!(folder.table("in/*.csv").error, None);
}

#[test]
fn without_a_file_name_the_table_names_its_file() {
    let folder = Folder::with("orders.csv.gz", crate::support::gzip("a\n1\n"));
    let table = TableSpec { id: "orders".to_owned(), name: "orders".to_owned(), ..TableSpec::default() };
    assert_eq!(folder.run(std::slice::from_ref(&table)).tables[0].error, None);
    folder.put("orders.tsv", "a\n1\n");
    let error = folder.run(&[table]).tables.remove(0).error.unwrap();
    assert!(error.contains("more than one file"), "{error}");
}

#[test]
fn what_is_no_regular_file_is_refused_and_does_not_hang() {
    let folder = Folder::new();
    std::fs::create_dir(folder.root().join("folder.csv")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.root().join("pipe.csv")).status().unwrap();
    assert!(made.success());
    for file in ["folder.csv", "pipe.csv", "p*.csv"] {
        let error = folder.table(file).error.unwrap();
        assert!(error.contains("not a regular file"), "{file}: {error}");
    }
}

#[test]
fn a_missing_file_or_folder_is_a_failed_table() {
    let folder = Folder::new();
    for (bucket, file) in [("", "t.csv"), ("no", "t.csv"), ("", "*.csv")] {
        let table = TableSpec { bucket: Some(bucket.to_owned()), ..spec("t", file) };
        let error = folder.run(&[table]).tables.remove(0).error.unwrap();
        assert!(error.contains("no file"), "{error}");
    }
    std::fs::remove_dir(folder.root()).unwrap();
    let error = folder.table("t.csv").error.unwrap();
    assert!(error.contains("could not open the folder"), "{error}");
}

#[test]
fn a_name_that_cannot_stand_in_sql_is_a_failed_table_and_the_others_go_on() {
    let folder = Folder::with("t.csv", "a\n1\n");
    let names = ["x; DROP TABLE y", "a b", "1a", "", "_meta", "_Remote_Attach", "ž", "../t"];
    let mut all: Vec<TableSpec> = names.iter().map(|name| spec(name, "t.csv")).collect();
    all.push(spec("good", "t.csv"));
    all.push(spec("GOOD", "t.csv"));
    let report = folder.run(&all);
    let states: Vec<TableState> = report.tables.iter().map(|table| table.state).collect();
    assert_eq!(states.iter().filter(|state| **state == TableState::Written).count(), 1);
    assert_eq!(states[names.len()], TableState::Written);
    assert!(report.tables.last().unwrap().error.as_deref().unwrap().contains("another table"));
    assert_eq!(report.exit_code(), 2);
    assert_eq!(folder.rows("SELECT table_name FROM _meta"), ["(good)"]);
}
