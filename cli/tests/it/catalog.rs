//! `da catalog`, `schema`, `describe`, `disk-info`: answers, and the exit code of every cause.

use crate::support::{Canned, Home, Table, TestServer, orders};

fn shop() -> (TestServer, Home) {
    let server = TestServer::start();
    server.world().publish("orders", Table::new(orders()));
    server.world().publish("Web Events", Table { remote: true, ..Table::default() });
    let home = Home::at(&server);
    (server, home)
}

#[test]
fn the_catalog_lists_what_may_be_read() {
    let (server, home) = shop();
    insta::assert_snapshot!("catalog", home.da(&["catalog"]).ok().shown());
    let json = home.da(&["catalog", "--json", "--refresh"]).ok();
    assert_eq!(json.json()["tables"][1]["id"], "orders");
    server.world().tables.clear();
    insta::assert_snapshot!("catalog_empty", home.da(&["catalog"]).ok().shown());
}

#[test]
fn options_stand_before_and_after() {
    let (_server, home) = shop();
    insta::assert_snapshot!("schema", home.da(&["schema", "orders"]).ok().shown());
    assert_eq!(
        home.da(&["schema", "orders", "--json"]).ok().stdout,
        home.da(&["schema", "--json", "orders"]).ok().stdout
    );
    insta::assert_snapshot!("describe", home.da(&["describe", "orders", "-n", "2"]).ok().shown());
    let both = home.da(&["describe", "--json", "-n", "2", "orders"]).ok().json();
    assert_eq!(both["sample"]["rows"][1]["customer"], serde_json::Value::Null);
    assert_eq!(both["schema"]["table_id"], "orders");
}

#[test]
fn every_cause_has_its_exit_code() {
    let (server, home) = shop();
    let retry = |status| Canned::refusal(status, "rate_limited", "Too many requests");
    let cases = [
        ("validation", Canned::refusal(422, "validation_failed", "bad"), 2),
        ("unauthenticated", Canned::refusal(401, "invalid_token", "Invalid or expired token"), 7),
        ("forbidden", Canned::refusal(403, "table_forbidden", "Access denied"), 8),
        ("missing", Canned::refusal(404, "table_not_found", "Table 'orders' not found"), 2),
        ("limited", retry(429), 3),
        ("broken", Canned::refusal(500, "internal", "Internal server error"), 5),
        ("proxy", Canned::html(502), 5),
        ("nonsense", Canned { status: 200, ..Canned::html(200) }, 5),
    ];
    for (name, canned, code) in cases {
        for command in [&["catalog"][..], &["schema", "orders"], &["describe", "orders"]] {
            let path = if command[0] == "catalog" { "/api/v2/catalog" } else { "/api/v2/schema/orders" };
            server.world().next.entry(path.into()).or_default().push_back(canned.clone());
            let answer = home.da(command);
            assert_eq!(answer.code, code, "{name} {command:?}: {}", answer.shown());
            assert_eq!(answer.stdout, "", "{name}");
            if command[0] == "schema" {
                insta::assert_snapshot!(format!("schema_{name}"), answer.shown());
            }
        }
    }
    let nobody = Home::offline("http://127.0.0.1:1");
    insta::assert_snapshot!("schema_unreachable", nobody.da(&["schema", "t"]).shown());
    assert_eq!(nobody.da(&["catalog"]).code, 9);
    assert_eq!(home.da(&["schema", ".."]).code, 2);
    assert_eq!(server.world().count("GET /api/v2/.."), 0);
}

#[test]
fn an_identifier_is_one_segment_of_the_address() {
    let (server, home) = shop();
    home.da(&["schema", "a/../b?c#d"]);
    assert_eq!(server.world().requests, ["GET /api/v2/schema/a%2F..%2Fb%3Fc%23d"]);
}

#[test]
fn disk_info_counts_snapshots() {
    let home = Home::offline("http://127.0.0.1:1");
    let info = home.da(&["disk-info", "--json"]).ok();
    assert_eq!(info.stdout.lines().count(), 1);
    assert_eq!((&info.json()["used_bytes"], &info.json()["quota_gb"]), (&0.into(), &10.into()));
    assert!(info.json()["free_bytes"].as_u64().unwrap() > 0);
    let folder = home.work().join("user/snapshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.parquet"), [0; 700]).unwrap();
    std::fs::write(folder.join("a.meta.json"), [0; 8]).unwrap();
    let info = home.da(&["disk-info"]).ok();
    assert!(info.stdout.contains("Used by Agnes:  708.0 B across 1 snapshots"), "{}", info.shown());
}
