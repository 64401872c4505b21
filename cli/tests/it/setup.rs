//! `da setup`.

use std::fs;

use serde_json::json;

use crate::support::{Canned, Home, TestServer};

#[test]
fn a_server_is_remembered() {
    let home = Home::offline("http://127.0.0.1:1");
    fs::create_dir_all(home.config()).unwrap();
    fs::write(home.config().join("config.yaml"), "keep: 1\n").unwrap();
    insta::assert_snapshot!("init", home.da(&["setup", "init", "--server", "https://agnes.example.com/"]).ok().shown());
    let config = fs::read_to_string(home.config().join("config.yaml")).unwrap();
    assert_eq!(config, "keep: 1\nserver: https://agnes.example.com\n");
    insta::assert_snapshot!("init_bad", home.da(&["setup", "init", "--server", "agnes"]).shown());
}

#[test]
fn the_first_admin_is_made_once() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    let answer =
        json!({"access_token": "a.b.c", "token_type": "bearer", "user_id": "1", "email": "a@x.com", "role": "admin"});
    server.world().next.entry("/auth/bootstrap".into()).or_default().extend([
        Canned::json(200, &answer),
        Canned::refusal(403, "bootstrap_closed", "Users with a password already exist"),
    ]);
    let bootstrap = ["setup", "bootstrap", "a@x.com", "--password-stdin"];
    insta::assert_snapshot!("bootstrap", home.da_with(&bootstrap, "long enough\n").ok().shown());
    assert_eq!(server.world().bodies, [r#"{"email":"a@x.com","name":"a","password":"long enough"}"#]);
    insta::assert_snapshot!("bootstrap_closed", home.da_with(&bootstrap, "long enough\n").shown());
}

#[test]
fn a_new_installation_is_checked_from_outside() {
    let server = TestServer::start();
    let home = Home::at(&server);
    insta::assert_snapshot!("test_connection", home.da(&["setup", "test-connection"]).ok().shown());
    insta::assert_snapshot!("verify", home.da(&["setup", "verify"]).ok().shown());
    assert_eq!(home.da(&["setup", "verify", "--json"]).ok().json()["overall"], "warn");
    let stranger = Home::signed_out(&server);
    assert_eq!(stranger.da(&["setup", "verify", "--json"]).code, 1);
    let triggered = json!({"status": "triggered", "tables": "all", "message": "Sync started"});
    server
        .world()
        .next
        .entry("/api/sync/trigger".into())
        .or_default()
        .extend([Canned::json(200, &triggered), Canned::refusal(403, "admin_required", "Admin required")]);
    insta::assert_snapshot!("first_sync", home.da(&["setup", "first-sync"]).ok().shown());
    insta::assert_snapshot!("first_sync_denied", home.da(&["setup", "first-sync"]).shown());
    let nobody = Home::offline("http://127.0.0.1:1");
    insta::assert_snapshot!("verify_unreachable", nobody.da(&["setup", "verify"]).shown());
    assert_eq!(nobody.da(&["setup", "test-connection"]).code, 1);
}
