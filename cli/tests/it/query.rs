//! `da query`, here and at the server.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::support::{Canned, Home, Table, TestServer, orders, parquet};

const EVERY_TYPE: &str = "SELECT true AS b, 1::TINYINT AS i, 170141183460469231731687303715884105727::HUGEINT AS h, \
    1.5::DOUBLE AS d, 'NaN'::DOUBLE AS nan, 10.50::DECIMAL(10,2) AS dec, DATE '2026-01-02' AS day, \
    TIMESTAMP '2026-01-02 03:04:05' AS ts, TIMESTAMP '2026-01-02 03:04:05.123456' AS tsf, \
    TIMESTAMPTZ '2026-01-02 03:04:05+00' AS tz, TIME '01:02:03' AS t, INTERVAL '1 month 2 days 03:04:05' AS iv, \
    uuid '00000000-0000-0000-0000-000000000001' AS u, [1, 2, NULL] AS l, {'a': 1, 'b': 'x'} AS s, \
    MAP {'k': 1} AS m, 'ab'::BLOB AS bl, NULL AS n, 'b,\"c' AS txt, 1 AS b";

fn synced() -> (TestServer, Home) {
    let server = TestServer::start();
    server.world().publish("orders", Table::new(orders()));
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    (server, home)
}

#[test]
fn every_type_has_its_form_in_every_format() {
    let (_server, home) = synced();
    insta::assert_snapshot!("types_json", home.da(&["query", EVERY_TYPE, "-f", "json"]).ok().shown());
    insta::assert_snapshot!("types_csv", home.da(&["query", "--format", "csv", EVERY_TYPE]).ok().shown());
    let small = "SELECT id, customer, NULL AS nothing, '[red]x[/]' AS markup FROM orders ORDER BY id LIMIT 2";
    insta::assert_snapshot!("table", home.da(&["query", small]).ok().shown());
    let doc = home.da(&["query", EVERY_TYPE, "-f", "json"]).ok().json();
    assert_eq!(doc[0].as_object().unwrap().len(), 20, "no column is lost though two have one name");
}

#[test]
fn only_so_many_rows_are_made_and_it_says_so() {
    let (_server, home) = synced();
    let query = home.da(&["query", "SELECT * FROM range(1000000000000) t(i)", "--limit", "3", "-f", "csv"]).ok();
    assert_eq!((query.stdout.as_str(), query.stderr.as_str()), ("i\n0\n1\n2\n", "(truncated at 3 rows)\n"));
    assert_eq!(home.da(&["query", "SELECT 1 AS a WHERE false", "-f", "json"]).ok().stdout, "[]\n");
    assert_eq!(home.da(&["query", "SELECT 1 AS a", "--limit", "0", "-f", "csv"]).ok().stdout, "a\n");
}

#[test]
fn sql_comes_from_one_place() {
    let (_server, home) = synced();
    let one = [serde_json::json!({"a": 1})];
    assert_eq!(
        home.da_with(&["query", "--stdin", "-f", "json"], r#"{"sql":"SELECT 1 AS a"}"#).ok().json(),
        serde_json::json!(one)
    );
    assert_eq!(
        home.da_with(&["query", "--sql", "-", "-f", "json"], "SELECT 1 AS a").ok().json(),
        serde_json::json!(one)
    );
    fs::write(home.work().join("q.sql"), "SET VARIABLE x = 1; SELECT getvariable('x') AS a;").unwrap();
    assert_eq!(home.da(&["query", "--file", "q.sql", "-f", "json"]).ok().json(), serde_json::json!(one));
    let cases = [
        ("none", home.da(&["query"])),
        ("two", home.da(&["query", "SELECT 1", "--sql", "SELECT 2"])),
        ("array", home.da_with(&["query", "--stdin"], "[1]")),
        ("not_json", home.da_with(&["query", "--stdin"], "SELECT 1")),
        ("bad_format", home.da(&["query", "SELECT 1", "-f", "xml"])),
        ("parquet_without_file", home.da(&["query", "SELECT 1", "-f", "parquet"])),
        ("write", home.da(&["query", "CREATE TABLE t(a INT)"])),
        ("syntax", home.da(&["query", "SELEKT 1"])),
    ];
    for (name, result) in cases {
        insta::assert_snapshot!(format!("refused_{name}"), result.shown());
    }
}

#[test]
fn without_a_local_database_it_says_what_to_do() {
    let home = Home::offline("http://localhost:1");
    insta::assert_snapshot!(home.da(&["query", "SELECT 1"]).shown());
    assert_eq!(fs::read_dir(home.work()).unwrap().count(), 0);
}

#[test]
fn the_server_runs_what_it_is_asked_to() {
    let server = TestServer::start();
    let home = Home::at(&server);
    insta::assert_snapshot!("remote_table", home.da(&["query", "--remote", "SELECT 1", "--limit", "2"]).ok().shown());
    assert_eq!(server.world().bodies, [r#"{"sql":"SELECT 1","limit":2}"#]);
    assert_eq!(server.world().agents, [format!("da/{}", env!("CARGO_PKG_VERSION"))]);
    insta::assert_snapshot!("remote_json", home.da(&["query", "--remote", "SELECT 1", "-f", "json"]).ok().stdout);
    insta::assert_snapshot!("remote_csv", home.da(&["query", "--remote", "SELECT 1", "-f", "csv"]).ok().stdout);
    for (name, canned) in [
        ("bad_sql", Canned::refusal(400, "query_failed", "Query error: no such column")),
        ("denied", Canned::refusal(403, "table_forbidden", "Access denied to table 'secret'")),
        ("proxy", Canned::html(502)),
    ] {
        server.world().next.entry("/api/query".into()).or_default().push_back(canned);
        insta::assert_snapshot!(format!("remote_{name}"), home.da(&["query", "--remote", "SELECT 1"]).shown());
    }
}

#[test]
fn results_become_parquet_files() {
    let (_server, home) = synced();
    let rows = |file: &str| {
        let sql = format!("SELECT count(*) AS n FROM '{}'", home.work().join(file).display());
        home.da(&["query", &sql, "-f", "csv"]).ok().stdout
    };
    home.da(&["query", "SELECT * FROM range(5000) -- all of them", "-f", "parquet", "--output", "a.parquet"]).ok();
    assert_eq!(rows("a.parquet"), "n\n5000\n");
    let mode = fs::metadata(home.work().join("a.parquet")).unwrap().permissions().mode();
    assert_ne!(mode & 0o044, 0, "a result is not a secret: {mode:o}");
    home.da(&["query", "FROM orders;", "-f", "parquet", "-o", "a.parquet", "--limit", "2"]).ok();
    assert_eq!(rows("a.parquet"), "n\n2\n");
    assert_eq!(home.da(&["query", "FROM nothing", "-f", "parquet", "-o", "a.parquet"]).code, 1);
    assert_eq!(rows("a.parquet"), "n\n2\n", "a failure leaves what was there");
    home.da(&["query", "SELECT 1", "--remote", "-f", "parquet", "-o", "r.parquet"]).ok();
    assert_eq!(rows("r.parquet"), "n\n2\n");
    home.da(&["query", "SELECT 1 AS a", "-f", "csv", "-o", "a.csv"]).ok();
    assert_eq!(fs::read_to_string(home.work().join("a.csv")).unwrap(), "a\n1\n");
}

#[test]
fn the_sandbox_reads_synced_tables_and_nothing_else() {
    let (_server, home) = synced();
    let elsewhere = home.work().join("secret.parquet");
    fs::write(&elsewhere, parquet("SELECT 1 AS secret")).unwrap();
    home.da(&["query", "--sandbox", "SELECT count(*) FROM orders"]).ok();
    home.da(&["query", "--sandbox", "SELECT count(*) FROM orders", "-f", "parquet", "-o", "out.parquet"]).ok();
    let there = elsewhere.display();
    let inside = home.parquet("orders");
    for sql in [
        format!("SELECT * FROM '{there}'"),
        format!("SELECT * FROM read_text('{there}')"),
        format!("ATTACH '{there}' AS x"),
        format!("COPY (SELECT 1) TO '{there}'"),
        format!("COPY (SELECT 1) TO '{}'", inside.display()),
        "INSTALL httpfs".to_owned(),
        "LOAD httpfs".to_owned(),
        "SET enable_external_access = true".to_owned(),
        format!("SELECT 1; COPY (SELECT 1) TO '{}'", inside.display()),
        format!("SELECT 1); COPY (SELECT 1) TO '{}'; SELECT (1", inside.display()),
    ] {
        let refused = home.da(&["query", "--sandbox", &sql]);
        assert_eq!(refused.code, 1, "{sql}: {}", refused.shown());
        assert!(refused.stderr.starts_with("Error: Query error: "), "{sql}: {}", refused.shown());
    }
    assert_eq!(fs::read(inside).unwrap(), orders_bytes(&home));
    home.da(&["query", &format!("SELECT * FROM '{there}'")]).ok();
}

fn orders_bytes(home: &Home) -> Vec<u8> {
    let again = home.da(&["sync", "--verify", "--json"]).ok();
    assert_eq!(again.json()["downloaded"], serde_json::json!([]));
    fs::read(home.parquet("orders")).unwrap()
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let (_server, home) = synced();
    let mut command = home.command(&["query", "SELECT * FROM range(100000)", "--limit", "100000", "-f", "csv"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}
