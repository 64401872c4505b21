//! `da sync`: what is transferred, what replaces what, what is remembered.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use crate::support::{Canned, Home, Table, TestServer, orders, parquet};

fn shop() -> TestServer {
    let server = TestServer::start();
    let mut world = server.world();
    world.publish("orders", Table::new(orders()));
    world.publish("Customers", Table { rows: 3, ..Table::new(parquet("SELECT range AS id FROM range(3)")) });
    world.publish("events", Table { remote: true, ..Table::default() });
    drop(world);
    server
}

/// Enough bytes to be cut into pieces.
fn big() -> Vec<u8> {
    parquet("SELECT hash(range) AS h, md5(range::VARCHAR) AS m FROM range(20000)")
}

#[test]
fn a_synced_table_answers_when_the_server_is_gone() {
    let mut server = shop();
    let home = Home::at(&server);
    insta::assert_snapshot!("first_sync", home.da(&["sync"]).shown());
    server.stop();
    let answer = home.da(&["query", "SELECT count(*) AS n, sum(price) AS total FROM orders", "-f", "json"]).ok();
    assert_eq!(answer.json(), serde_json::json!([{"n": 10, "total": "67.50"}]));
    let answer = home.da(&["query", "--sql", "SELECT * FROM customers ORDER BY id", "-f", "csv"]).ok();
    assert_eq!(answer.stdout, "id\n0\n1\n2\n");
}

#[test]
fn a_second_sync_transfers_nothing() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    server.forget();
    let again = home.da(&["sync", "--json"]).ok();
    assert_eq!(
        again.json(),
        serde_json::json!({
            "downloaded": [], "skipped": ["Customers", "orders"], "skipped_remote": ["events"],
            "errors": [], "pruned": [], "bytes": 0,
        })
    );
    assert_eq!(again.stderr, "");
    let world = server.world();
    assert_eq!(world.sent, 0);
    assert_eq!(world.requests, ["GET /api/sync/manifest"]);
    drop(world);
    // Not even the manifest comes twice: it is asked for by its tag.
    assert!(fs::read_dir(home.config().join("sync")).unwrap().count() >= 2);
}

#[test]
fn an_interrupted_download_is_resumed_by_the_next_sync() {
    let server = TestServer::start();
    let bytes = big();
    server.world().publish("big", Table::new(bytes.clone()));
    server.world().cuts.push_back(200_000);
    let home = Home::at(&server);
    let mut command = home.command(&["sync"]);
    command.env("DA_STREAM_RETRIES", "0");
    let first = crate::support::Da::of(command.output().unwrap(), &home);
    assert_eq!(first.code, 0);
    assert!(first.stderr.contains("Error: big: Cannot reach server"), "{}", first.shown());
    let part = fs::metadata(home.parquet("big").with_extension("parquet.tmp")).unwrap().len();
    assert!((1..=200_000).contains(&part));
    assert!(!home.parquet("big").exists());

    server.forget();
    home.da(&["sync"]).ok();
    assert_eq!(fs::read(home.parquet("big")).unwrap(), bytes);
    assert_eq!(server.world().sent, bytes.len() as u64 - part, "only the rest travels");
    let left: Vec<_> = fs::read_dir(home.work().join("server/parquet")).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside it: {left:?}");
}

#[test]
fn a_cut_connection_is_picked_up_where_it_broke_within_one_sync() {
    let server = TestServer::start();
    let bytes = big();
    server.world().publish("big", Table { old: true, ..Table::new(bytes.clone()) });
    server.world().cuts.extend([100_000, 150_000]);
    let home = Home::at(&server);
    home.da(&["sync", "--strict"]).ok();
    assert_eq!(fs::read(home.parquet("big")).unwrap(), bytes);
    assert_eq!(server.world().count("GET /api/data/big/download"), 3);
    assert!(server.world().sent < bytes.len() as u64 + 100_000, "{}", server.world().sent);
}

#[test]
fn a_server_without_ranges_starts_over() {
    let server = TestServer::start();
    let bytes = big();
    server.world().publish("big", Table::new(bytes.clone()));
    server.world().cuts.push_back(100_000);
    server.world().no_ranges = true;
    let home = Home::at(&server);
    home.da(&["sync", "--strict"]).ok();
    assert_eq!(fs::read(home.parquet("big")).unwrap(), bytes);
}

#[test]
fn a_part_of_something_else_is_not_continued() {
    let server = TestServer::start();
    server.world().publish("big", Table::new(big()));
    server.world().cuts.push_back(100_000);
    let home = Home::at(&server);
    home.command(&["sync"]).env("DA_STREAM_RETRIES", "0").output().unwrap();
    let newer = parquet("SELECT hash(range + 1) AS h FROM range(30000)");
    server.world().publish("big", Table::new(newer.clone()));
    home.da(&["sync", "--strict"]).ok();
    assert_eq!(fs::read(home.parquet("big")).unwrap(), newer);
}

#[test]
fn a_bad_part_from_last_time_is_thrown_away() {
    let server = TestServer::start();
    let bytes = big();
    server.world().publish("big", Table::new(bytes.clone()));
    server.world().cuts.push_back(100_000);
    let home = Home::at(&server);
    home.command(&["sync"]).env("DA_STREAM_RETRIES", "0").output().unwrap();
    let part = home.parquet("big").with_extension("parquet.tmp");
    let mut damaged = fs::read(&part).unwrap();
    damaged[50_000] ^= 0xff;
    fs::write(&part, damaged).unwrap();
    home.da(&["sync", "--strict"]).ok();
    assert_eq!(fs::read(home.parquet("big")).unwrap(), bytes);
}

#[test]
fn ctrl_c_leaves_finished_tables_and_parts() {
    let server = TestServer::start();
    let bytes = big();
    server.world().publish("a", Table::new(orders()));
    server.world().publish("z", Table::new(bytes.clone()));
    server.world().slow_ms = 20;
    let home = Home::at(&server);
    let mut child =
        home.command(&["sync", "--jobs", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    let part = home.parquet("z").with_extension("parquet.tmp");
    while fs::metadata(&part).map_or(0, |part| part.len()) < 50_000 {
        assert!(started.elapsed() < Duration::from_secs(20), "no download under way");
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(home.parquet("a").exists() && !home.parquet("z").exists());

    server.forget();
    server.world().slow_ms = 0;
    let next = home.da(&["sync", "--json"]).ok();
    assert_eq!(next.json()["downloaded"], serde_json::json!(["z"]));
    assert!(server.world().sent < bytes.len() as u64);
}

#[test]
fn damaged_and_missing_files_are_fetched_again() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    let good = fs::read(home.parquet("orders")).unwrap();

    fs::remove_file(home.parquet("orders")).unwrap();
    assert_eq!(home.da(&["sync", "--json"]).ok().json()["downloaded"], serde_json::json!(["orders"]));
    fs::write(home.parquet("orders"), &good[..good.len() / 2]).unwrap();
    assert_eq!(home.da(&["sync", "--json"]).ok().json()["downloaded"], serde_json::json!(["orders"]));

    // Same size, same time: only --verify reads the file again.
    let before = fs::metadata(home.parquet("orders")).unwrap().modified().unwrap();
    let mut damaged = good.clone();
    damaged[good.len() / 2] ^= 0xff;
    fs::write(home.parquet("orders"), &damaged).unwrap();
    fs::File::options().write(true).open(home.parquet("orders")).unwrap().set_modified(before).unwrap();
    assert_eq!(home.da(&["sync", "--json"]).ok().json()["downloaded"], serde_json::json!([]));
    assert_eq!(home.da(&["sync", "--json", "--verify"]).ok().json()["downloaded"], serde_json::json!(["orders"]));
    assert_eq!(fs::read(home.parquet("orders")).unwrap(), good);
}

#[test]
fn a_forgotten_state_costs_reading_not_downloading() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    for entry in fs::read_dir(home.config().join("sync")).unwrap() {
        fs::write(entry.unwrap().path(), "{broken").unwrap();
    }
    fs::write(home.config().join("sync_state.json"), "[]").unwrap();
    server.forget();
    let again = home.da(&["sync", "--json"]).ok();
    assert_eq!(again.json()["skipped"], serde_json::json!(["Customers", "orders"]));
    assert_eq!(server.world().sent, 0);
}

#[test]
fn a_changed_table_replaces_the_old_one() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    server.world().publish("orders", Table::new(parquet("SELECT 'other' AS shape")));
    assert_eq!(home.da(&["sync", "--json"]).ok().json()["downloaded"], serde_json::json!(["orders"]));
    assert_eq!(home.da(&["query", "FROM orders", "-f", "csv"]).ok().stdout, "shape\nother\n");
}

#[test]
fn a_table_that_is_no_longer_granted_goes_unless_it_is_to_be_kept() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    server.world().withdraw("orders");
    assert_eq!(home.da(&["sync", "--keep", "--json"]).ok().json()["pruned"], serde_json::json!([]));
    assert!(home.parquet("orders").exists());
    assert_eq!(home.da(&["sync", "--dry-run", "--json"]).ok().json()["would_prune"], serde_json::json!(["orders"]));
    // A manifest that does not come takes nothing away.
    server.world().next.entry("/api/sync/manifest".into()).or_default().push_back(Canned::html(502));
    assert_eq!(home.da(&["sync"]).code, 1);
    assert!(home.parquet("orders").exists());

    insta::assert_snapshot!("pruned", home.da(&["sync"]).ok().shown());
    assert!(!home.parquet("orders").exists());
    let query = home.da(&["query", "SELECT * FROM orders"]);
    assert_eq!(query.code, 1);
    assert!(query.stderr.starts_with("Error: Query error: Catalog Error"), "{}", query.shown());
    home.da(&["query", "SELECT * FROM customers"]).ok();
}

#[test]
fn wrong_bytes_never_replace_a_good_copy() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    let good = fs::read(home.parquet("orders")).unwrap();
    for lie in [
        Table { lies: true, ..Table::new(parquet("SELECT 1 AS x")) },
        Table { lies: true, old: true, ..Table::new(parquet("SELECT 1 AS x")) },
        Table { no_hash: true, ..Table::new(b"<html>sorry</html>".to_vec()) },
    ] {
        server.world().publish("orders", lie);
        let sync = home.da(&["sync"]).ok();
        assert!(sync.stdout.contains("Errors: 1\n  orders: "), "{}", sync.shown());
        assert!(
            sync.stderr.contains("hash mismatch: expected 000000000000…") || sync.stderr.contains("PAR1"),
            "{}",
            sync.shown()
        );
        assert_eq!(fs::read(home.parquet("orders")).unwrap(), good);
        home.da(&["query", "SELECT price FROM orders"]).ok();
    }
    assert_eq!(home.da(&["sync", "--strict"]).code, 1);
    assert!(!home.parquet("orders").with_extension("parquet.tmp").exists());
}

#[test]
fn tables_of_many_parts_and_of_old_servers_are_fetched_as_one_file() {
    let server = TestServer::start();
    server.world().publish("many", Table { many_parts: true, ..Table::new(orders()) });
    server.world().publish("old", Table { old: true, ..Table::new(orders()) });
    server.world().publish("plain", Table { no_hash: true, ..Table::new(orders()) });
    let home = Home::at(&server);
    home.da(&["sync", "--strict"]).ok();
    for name in ["many", "old", "plain"] {
        assert_eq!(server.world().count(&format!("GET /api/data/{name}/download")), 1, "{name}");
    }
    let again = home.da(&["sync", "--json"]).ok();
    assert_eq!(again.json()["downloaded"], serde_json::json!(["plain"]), "without a checksum nobody can know");
}

#[test]
fn a_flaky_download_is_tried_again_and_a_refused_one_is_not() {
    let server = TestServer::start();
    server.world().publish("flaky", Table { old: true, ..Table::new(orders()) });
    server.world().publish("gone", Table { old: true, ..Table::new(orders()) });
    let busy = Canned::refusal(503, "busy", "Busy");
    server.world().next.insert("/api/data/flaky/download".into(), [busy.clone(), busy].into());
    server
        .world()
        .always
        .insert("/api/data/gone/download".into(), Canned::refusal(404, "table_not_found", "Table not found"));
    let home = Home::at(&server);
    let sync = home.da(&["sync", "--json"]).ok();
    assert_eq!(sync.json()["downloaded"], serde_json::json!(["flaky"]));
    assert_eq!(
        sync.json()["errors"],
        serde_json::json!([{"table": "gone", "error": "HTTP 404: Table not found (/api/data/gone/download)"}])
    );
    assert_eq!(server.world().count("GET /api/data/flaky/download"), 3);
    assert_eq!(server.world().count("GET /api/data/gone/download"), 1);
    assert_eq!(fs::read_dir(home.work().join("server/parquet")).unwrap().count(), 1);
}

#[test]
fn two_workspaces_do_not_believe_each_other() {
    let server = shop();
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    let other = home.work().join("other");
    fs::create_dir(&other).unwrap();
    let output = home.command(&["sync", "--json"]).env("DA_LOCAL_DIR", &other).output().unwrap();
    let sync = crate::support::Da::of(output, &home);
    assert_eq!(sync.json()["downloaded"], serde_json::json!(["Customers", "orders"]));
    assert!(other.join("server/parquet/orders.parquet").exists());
    assert_eq!(home.da(&["sync", "--json"]).ok().json()["downloaded"], serde_json::json!([]));
}

#[test]
fn a_publication_in_the_middle_of_a_sync_is_followed() {
    let server = shop();
    let newer = parquet("SELECT 'newer' AS x");
    server.world().soon = Some(("orders".to_owned(), Table::new(newer.clone())));
    let home = Home::at(&server);
    let sync = home.da(&["sync", "--json", "--jobs", "1"]).ok();
    assert_eq!(sync.json()["downloaded"], serde_json::json!(["Customers", "orders"]), "{}", sync.shown());
    assert_eq!(sync.json()["errors"], serde_json::json!([]));
    assert_eq!(fs::read(home.parquet("orders")).unwrap(), newer);
    assert_eq!(home.da(&["query", "FROM orders", "-f", "csv"]).ok().stdout, "x\nnewer\n");
}

#[test]
fn of_two_syncs_at_once_one_does_the_work() {
    let server = shop();
    server.world().slow_ms = 200;
    let home = Home::at(&server);
    let start = || home.command(&["sync", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let both = [start(), start()].map(|child| crate::support::Da::of(child.wait_with_output().unwrap(), &home).ok());
    let downloaded = both.map(|sync| sync.json()["downloaded"].as_array().unwrap().len());
    assert!(downloaded == [0, 2] || downloaded == [2, 0], "{downloaded:?}");
}

#[test]
fn a_dry_run_tells_and_touches_nothing() {
    let server = shop();
    let home = Home::at(&server);
    let dry = home.da(&["sync", "--dry-run", "--json"]).ok().json();
    assert_eq!(dry["dry_run"], true);
    assert_eq!(dry["summary"]["tables_total"], 3);
    assert_eq!(dry["summary"]["tables_to_download"], 2);
    let total: u64 = server.world().tables.values().map(|table| table.bytes.len() as u64).sum();
    assert_eq!(dry["summary"]["bytes_total"], total);
    assert_eq!(fs::read_dir(home.work()).unwrap().count(), 0);
    assert!(!home.config().exists());
    assert!(home.da(&["sync", "--dry-run"]).ok().stdout.starts_with("Dry run: would download 2 tables, "));
}

#[test]
fn one_table_can_be_named_in_any_case() {
    let server = shop();
    let home = Home::at(&server);
    assert_eq!(
        home.da(&["sync", "--table", "ORDERS", "--json"]).ok().json()["downloaded"],
        serde_json::json!(["orders"])
    );
    insta::assert_snapshot!("unknown_table", home.da(&["sync", "--table", "nope"]).shown());
    insta::assert_snapshot!("remote_table", home.da(&["sync", "--table", "events"]).shown());
}

#[test]
fn the_state_of_an_old_client_is_taken_over_and_kept_readable() {
    let server = shop();
    let home = Home::at(&server);
    fs::create_dir_all(home.config()).unwrap();
    fs::create_dir_all(home.work().join("server/parquet")).unwrap();
    fs::write(home.parquet("orders"), orders_of(&server)).unwrap();
    fs::write(home.parquet("left"), orders()).unwrap();
    let old = serde_json::json!({"tables": {
        "orders": {"hash": server.world().tables["orders"].md5(), "rows": 10, "size_bytes": 1},
        "left": {"hash": "x", "rows": 1, "size_bytes": 1},
    }, "last_sync": "2026-01-01T00:00:00+00:00"});
    fs::write(home.config().join("sync_state.json"), old.to_string()).unwrap();
    let sync = home.da(&["sync", "--json"]).ok().json();
    assert_eq!(sync["downloaded"], serde_json::json!(["Customers"]));
    assert_eq!(sync["pruned"], serde_json::json!(["left"]));
    let kept: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(home.config().join("sync_state.json")).unwrap()).unwrap();
    assert_eq!(kept["tables"]["orders"]["hash"], server.world().tables["orders"].md5());
    assert_eq!(kept["tables"]["orders"]["rows"], 10);
}

fn orders_of(server: &TestServer) -> Vec<u8> {
    server.world().tables["orders"].bytes.clone()
}

#[test]
fn a_manifest_that_does_not_come_is_one_line_and_a_hint() {
    let server = shop();
    let home = Home::at(&server);
    let cases = [
        ("unauthenticated", Canned::refusal(401, "unauthenticated", "Missing or invalid Authorization header")),
        ("forbidden", Canned::refusal(403, "scope_required", "This token lacks the scope sync")),
        ("rate_limited", Canned::refusal(429, "rate_limited", "Too many requests")),
        ("broken", Canned::refusal(500, "internal", "Internal server error")),
        ("proxy", Canned::html(502)),
        ("redirect", Canned { location: Some("https://evil.example/\u{9b}".into()), ..Canned::html(302) }),
        ("not_json", Canned { status: 200, ..Canned::html(200) }),
        ("other_json", Canned::json(200, &serde_json::json!({"tables": [1]}))),
    ];
    for (name, canned) in cases {
        server.world().next.entry("/api/sync/manifest".into()).or_default().push_back(canned);
        insta::assert_snapshot!(format!("manifest_{name}"), home.da(&["sync", "--json"]).shown());
    }
    assert_eq!(fs::read_dir(home.work()).unwrap().count(), 0, "a failed manifest changes nothing");
}
