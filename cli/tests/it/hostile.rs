//! A server that means harm.

use std::fs;

use crate::support::{Canned, Home, Table, TestServer, orders};

#[test]
fn a_table_name_cannot_leave_the_workspace() {
    let server = TestServer::start();
    for name in ["../../evil", "a/b", "..", ".hidden", "a b", "x\u{1b}[2J", "ok"] {
        server.world().publish(name, Table::new(orders()));
    }
    let home = Home::at(&server);
    insta::assert_snapshot!(home.da(&["sync"]).shown());
    assert_eq!(home.da(&["sync", "--strict"]).code, 1);
    let below: Vec<_> = walkdir::WalkDir::new(home.work().parent().unwrap())
        .into_iter()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "parquet"))
        .map(|entry| entry.path().strip_prefix(home.work()).unwrap().display().to_string())
        .collect();
    assert_eq!(below, ["server/parquet/ok.parquet"]);
}

#[test]
fn names_that_differ_in_case_alone_do_not_overwrite_each_other() {
    let server = TestServer::start();
    server.world().publish("Orders", Table::new(orders()));
    server.world().publish("orders", Table::new(orders()));
    let home = Home::at(&server);
    let sync = home.da(&["sync", "--json"]).ok().json();
    assert_eq!(sync["downloaded"], serde_json::json!(["Orders"]));
    assert_eq!(sync["errors"][0]["table"], "orders");
}

#[test]
fn more_bytes_than_promised_are_not_taken() {
    let server = TestServer::start();
    server.world().publish("orders", Table::new(orders()));
    let path = format!("/api/objects/{}", server.world().tables["orders"].digest());
    server.world().always.insert(path, Canned { body: "x".repeat(1 << 20), ..Canned::html(200) });
    let home = Home::at(&server);
    let sync = home.da(&["sync", "--json"]).ok();
    assert!(sync.json()["errors"][0]["error"].as_str().unwrap().starts_with("size mismatch: "), "{}", sync.shown());
    assert_eq!(fs::read_dir(home.work().join("server/parquet")).unwrap().count(), 0);
}

#[test]
fn a_redirect_does_not_take_the_token_along() {
    let (server, elsewhere) = (TestServer::start(), TestServer::start());
    let there = Canned { location: Some(elsewhere.url()), ..Canned::html(302) };
    server.world().always.insert("/api/v2/catalog".into(), there);
    let home = Home::at(&server);
    assert_eq!(home.da(&["catalog"]).code, 9);
    assert!(elsewhere.world().requests.is_empty());
}

#[test]
fn nothing_the_server_says_moves_the_cursor() {
    let server = TestServer::start();
    let detail = "no\u{1b}[2J\u{9b}31m\u{202e}\nError: forged";
    server.world().always.insert("/api/v2/catalog".into(), Canned::refusal(403, "table_forbidden", detail));
    let home = Home::at(&server);
    insta::assert_snapshot!(home.da(&["catalog"]).shown());
    let names = serde_json::json!({"tables": [{"id": "a\u{1b}]0;x\u{7}", "name": "n\nn", "source_type": null,
        "query_mode": "local", "sql_flavor": "duckdb"}], "server_time": "2026-01-01T00:00:00+00:00"});
    server.world().always.insert("/api/v2/catalog".into(), Canned::json(200, &names));
    assert!(!home.da(&["catalog"]).ok().stdout.contains(['\u{1b}', '\u{7}']));
    let json = home.da(&["catalog", "--json"]).ok();
    assert_eq!(json.json(), names);
    assert!(!json.stdout.contains(['\u{1b}', '\u{7}']));
}
