//! `da status` and `da diagnose`.

use crate::support::{Home, Table, TestServer, orders};

#[test]
fn the_server_tells_how_it_is() {
    let server = TestServer::start();
    let home = Home::at(&server);
    insta::assert_snapshot!("status", home.da(&["status"]).ok().shown());
    assert_eq!(home.da(&["status", "--json"]).ok().json()["services"]["users"]["count"], 3);
    insta::assert_snapshot!("stranger", Home::signed_out(&server).da(&["status"]).shown());
    assert_eq!(Home::signed_out(&server).da(&["status", "--json"]).ok().json()["status"], "unknown");
    insta::assert_snapshot!("unreachable", Home::offline("http://127.0.0.1:1").da(&["status"]).shown());
}

#[test]
fn what_was_synced_is_known_offline() {
    let server = TestServer::start();
    server.world().publish("orders", Table::new(orders()));
    let home = Home::at(&server);
    assert_eq!(home.da(&["status", "--local", "--json"]).ok().json()["last_sync"], "never");
    home.da(&["sync"]).ok();
    server.forget();
    let status = home.da(&["status", "--local", "--json"]).ok().json();
    assert_eq!((&status["mode"], &status["tables_synced"]), (&"local".into(), &1.into()));
    assert_eq!(status["tables"]["orders"]["rows"], 10);
    assert!(home.da(&["status", "--local"]).ok().stdout.starts_with("Mode: offline"));
    assert!(server.world().requests.is_empty());
}

#[test]
fn a_diagnosis_always_comes_and_is_honest() {
    let server = TestServer::start();
    let home = Home::at(&server);
    let report = home.da(&["diagnose", "--json"]).ok().json();
    assert_eq!((&report["overall"], &report["checks"][0]["name"]), (&"degraded".into(), &"api".into()));
    assert_eq!(home.da(&["diagnose", "--strict"]).code, 1);
    assert_eq!(home.da(&["diagnose", "--component", "users", "--json"]).ok().json()["overall"], "healthy");
    let stranger = Home::signed_out(&server).da(&["diagnose", "--json"]).ok().json();
    assert_eq!((&stranger["overall"], &stranger["checks"][1]["name"]), (&"unhealthy".into(), &"auth".into()));
    insta::assert_snapshot!(Home::offline("http://127.0.0.1:1").da(&["diagnose"]).ok().shown());
}
