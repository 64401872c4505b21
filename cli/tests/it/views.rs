//! The local database: our views, and everybody else's things in it.

use std::fs;

use crate::support::{Home, Table, TestServer, orders, parquet};

fn synced() -> (TestServer, Home) {
    let server = TestServer::start();
    server.world().publish("orders", Table::new(orders()));
    server.world().publish("it-s.a", Table::new(orders()));
    let home = Home::at(&server);
    home.da(&["sync"]).ok();
    (server, home)
}

#[test]
fn tables_and_views_of_the_user_survive() {
    let (server, home) = synced();
    home.own_connection()
        .execute_batch(
            "CREATE TABLE mine AS SELECT 42 AS x;
             CREATE VIEW my_view AS SELECT id FROM orders WHERE id < 3;
             CREATE VIEW Customers AS SELECT 'mine' AS whose;
             CREATE TABLE Products AS SELECT 'mine' AS whose;",
        )
        .unwrap();
    server.world().publish("customers", Table::new(orders()));
    server.world().publish("products", Table::new(orders()));
    server.world().publish("orders", Table::new(parquet("SELECT range AS id FROM range(5)")));
    let sync = home.da(&["sync"]).ok();
    assert!(sync.stderr.contains("your own with the same name: customers, products"), "{}", sync.shown());
    for (sql, expected) in [
        ("SELECT x FROM mine", "x\n42\n"),
        ("SELECT count(*) AS n FROM my_view", "n\n3\n"),
        ("SELECT whose FROM customers", "whose\nmine\n"),
        ("SELECT whose FROM products", "whose\nmine\n"),
        ("SELECT count(*) AS n FROM orders", "n\n5\n"),
    ] {
        assert_eq!(home.da(&["query", sql, "-f", "csv"]).ok().stdout, expected, "{sql}");
    }
    server.world().withdraw("orders");
    server.world().withdraw("customers");
    home.da(&["sync"]).ok();
    let views: String = home
        .own_connection()
        .query_row(
            "SELECT string_agg(view_name, ' ' ORDER BY view_name) FROM duckdb_views() WHERE NOT internal",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(views, "Customers it-s.a my_view");
}

#[test]
fn a_view_somebody_dropped_comes_back_without_a_download() {
    let (server, home) = synced();
    home.own_connection().execute_batch("DROP VIEW orders").unwrap();
    server.forget();
    home.da(&["sync"]).ok();
    assert_eq!(server.world().sent, 0);
    home.da(&["query", "SELECT * FROM orders"]).ok();
    home.da(&["query", "SELECT * FROM \"it-s.a\""]).ok();
}

#[test]
fn a_broken_file_is_named_and_the_rest_works() {
    let (_server, home) = synced();
    fs::write(home.parquet("broken"), "PAR1 not really PAR1").unwrap();
    let sync = home.da(&["sync"]).ok();
    assert!(
        sync.stderr.contains("Warning: 1 files are no parquet DuckDB can read:\n  - broken.parquet"),
        "{}",
        sync.shown()
    );
    home.da(&["query", "SELECT * FROM orders"]).ok();
}

#[test]
fn a_snapshot_gets_its_view_back_and_gives_way_to_a_synced_table() {
    let (_server, home) = synced();
    let folder = home.work().join("user/snapshots");
    fs::create_dir_all(&folder).unwrap();
    for name in ["top", "orders"] {
        fs::write(folder.join(format!("{name}.parquet")), parquet("SELECT 'snapshot' AS x")).unwrap();
        fs::write(folder.join(format!("{name}.meta.json")), "{}").unwrap();
    }
    fs::write(folder.join("orphan.parquet"), parquet("SELECT 1")).unwrap();
    home.da(&["sync"]).ok();
    assert_eq!(home.da(&["query", "FROM top", "-f", "csv"]).ok().stdout, "x\nsnapshot\n");
    home.da(&["query", "SELECT price FROM orders"]).ok();
    assert_eq!(home.da(&["query", "FROM orphan"]).code, 1);
    fs::remove_file(folder.join("top.parquet")).unwrap();
    home.da(&["sync"]).ok();
    assert_eq!(home.da(&["query", "FROM top"]).code, 1);
}

#[test]
fn a_workspace_that_was_moved_still_answers() {
    let (mut server, home) = synced();
    server.stop();
    let moved = home.work().parent().unwrap().join("it's moved");
    fs::rename(home.work(), &moved).unwrap();
    fs::create_dir(moved.parent().unwrap().join("work")).unwrap();
    let output =
        home.command(&["query", "SELECT count(*) AS n FROM orders", "-f", "csv"]).env("DA_LOCAL_DIR", &moved).output();
    let query = crate::support::Da::of(output.unwrap(), &home).ok();
    assert_eq!(query.stdout, "n\n10\n");
}

#[test]
fn a_database_in_use_is_waited_for_then_named_and_the_files_stay() {
    let (server, home) = synced();
    let held = home.own_connection();
    held.execute_batch("CREATE TABLE busy AS SELECT 1").unwrap();
    server.world().publish("more", Table::new(orders()));
    let sync = home.da(&["sync", "--json"]);
    assert_eq!(sync.code, 1);
    assert_eq!(sync.json()["downloaded"], serde_json::json!(["more"]));
    insta::assert_snapshot!(sync.stderr);
    assert!(home.parquet("more").exists());
    drop(held);
    home.da(&["sync"]).ok();
    home.da(&["query", "SELECT * FROM more"]).ok();
}

#[test]
fn the_workspace_is_found_from_inside() {
    let (_server, home) = synced();
    let deep = home.work().join("user/artifacts/deep");
    fs::create_dir_all(&deep).unwrap();
    let output = home.command(&["query", "SELECT count(*) AS n FROM orders", "-f", "csv"]).current_dir(&deep).output();
    assert_eq!(crate::support::Da::of(output.unwrap(), &home).ok().stdout, "n\n10\n");
}
