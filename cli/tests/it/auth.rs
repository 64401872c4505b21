//! `da auth`: what is sent, what is kept, and who may read it.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::json;

use crate::support::{Canned, Da, Home, TestServer, jwt};

fn kept(home: &Home) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(home.config().join("token.json")).unwrap()).unwrap()
}

#[test]
fn signing_in_keeps_a_token_nobody_else_can_read() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    let login = ["login", "--email", "ana@example.com", "--password-stdin"];
    insta::assert_snapshot!("login", home.da_with(&login, "secret pass\n").ok().shown());
    assert_eq!(server.world().bodies, [r#"{"email":"ana@example.com","password":"secret pass"}"#]);
    let token = kept(&home);
    assert_eq!(token.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "email", "role"]);
    let mode = |path: &str| fs::metadata(home.config().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("token.json"), mode("")), (0o600, 0o700));
    insta::assert_snapshot!("whoami", home.da(&["whoami"]).ok().shown());
    home.da(&["catalog"]).ok();
    insta::assert_snapshot!("logout", home.da(&["logout"]).ok().shown());
    assert!(!home.config().join("token.json").exists());
    insta::assert_snapshot!("whoami_nobody", home.da(&["auth", "whoami"]).shown());
}

#[test]
fn an_empty_password_is_not_sent() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    home.da(&["auth", "login", "--email", "a@x", "--password", ""]).ok();
    assert_eq!(server.world().bodies, [r#"{"email":"a@x"}"#]);
}

#[test]
fn a_server_that_was_signed_in_to_is_remembered_and_other_keys_stay() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    fs::create_dir_all(home.config()).unwrap();
    fs::write(home.config().join("config.yaml"), "theme: dark\nserver: http://old\n").unwrap();
    home.da(&["login", "--email", "a@x", "--password", "p", "--server", &format!("{}/", server.url())]).ok();
    let config = fs::read_to_string(home.config().join("config.yaml")).unwrap();
    assert_eq!(config, format!("theme: dark\nserver: {}\n", server.url()));
    let output = home.command(&["catalog"]).env_remove("DA_SERVER").output().unwrap();
    Da::of(output, &home).ok();
}

#[test]
fn a_refused_sign_in_says_what_to_do() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    let login = ["login", "--email", "a@x", "--password", "p"];
    for (name, canned) in [
        ("wrong", Canned::refusal(401, "wrong_password", "Invalid credentials")),
        ("external", Canned::refusal(401, "external_authentication", "This account uses external authentication.")),
        ("throttled", Canned::refusal(429, "rate_limited", "Too many attempts")),
        ("proxy", Canned::html(502)),
    ] {
        server.world().next.entry("/auth/token".into()).or_default().push_back(canned);
        insta::assert_snapshot!(format!("login_{name}"), home.da(&login).shown());
    }
    insta::assert_snapshot!("login_no_terminal", home.da(&["login"]).shown());
    insta::assert_snapshot!("login_no_password", home.da(&["login", "--email", "a@x"]).shown());
    assert!(!home.config().join("token.json").exists());
    let nobody = Home::offline("http://127.0.0.1:1");
    insta::assert_snapshot!("login_unreachable", nobody.da(&login).shown());
}

#[test]
fn a_token_in_the_environment_wins() {
    let server = TestServer::start();
    let home = Home::at(&server);
    fs::create_dir_all(home.config()).unwrap();
    let other = jwt(&json!({"email": "file@example.com", "role": "admin"}));
    let file = json!({"access_token": other, "email": "file@example.com", "role": "admin"});
    fs::write(home.config().join("token.json"), file.to_string()).unwrap();
    let who = home.da(&["whoami", "--json", "--verify"]).ok().json();
    assert_eq!((&who["email"], &who["source"]), (&json!("ana@example.com"), &json!("DA_TOKEN")));
    let output = home.command(&["whoami", "--json"]).env("DA_TOKEN", "").output().unwrap();
    assert_eq!(Da::of(output, &home).json()["email"], "file@example.com");
    let output = home.command(&["whoami", "--verify"]).env_remove("DA_TOKEN").output().unwrap();
    insta::assert_snapshot!(Da::of(output, &home).shown());
}

#[test]
fn damaged_files_are_named() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    fs::create_dir_all(home.config()).unwrap();
    fs::write(home.config().join("token.json"), "{\"access_token\":").unwrap();
    insta::assert_snapshot!("damaged_token", home.da(&["catalog"]).shown());
    home.da(&["logout"]).ok();
    fs::write(home.config().join("config.yaml"), "server: [").unwrap();
    let output = home.command(&["catalog"]).env_remove("DA_SERVER").output().unwrap();
    insta::assert_snapshot!("damaged_config", Da::of(output, &home).shown());
    let output = home.command(&["catalog"]).env("DA_SERVER", "http://user:secret@x").output().unwrap();
    insta::assert_snapshot!("bad_server", Da::of(output, &home).shown());
    fs::write(home.config().join("token.json"), "{}").unwrap();
    assert_eq!(home.da(&["whoami"]).code, 1, "a file without a token is no token");
}

#[test]
fn a_token_is_imported_only_when_it_is_good() {
    let server = TestServer::start();
    let home = Home::signed_out(&server);
    let import = |token: &str, more: &[&str]| {
        home.da_with(&[&["auth", "import-token", "--token", "-"], more].concat(), &format!("{token}\n"))
    };
    let good = jwt(&json!({"sub": "u1", "email": "ana@example.com", "role": "user", "typ": "pat"}));
    insta::assert_snapshot!("import", import(&good, &["--server", &server.url()]).ok().shown());
    let (token, config) = (kept(&home), fs::read_to_string(home.config().join("config.yaml")).unwrap());
    let bad = jwt(&json!({"email": "x@example.com", "role": "user"}));
    insta::assert_snapshot!("import_rejected", import(&bad, &["--server", &server.url()]).shown());
    insta::assert_snapshot!("import_no_jwt", import("not-a-jwt", &["--server", "http://elsewhere"]).shown());
    server.world().next.entry("/api/catalog/tables".into()).or_default().push_back(Canned::html(404));
    assert_eq!(import(&good, &[]).code, 1, "whatever answers 404 here is not this product");
    let nameless = jwt(&json!({"sub": "u1"}));
    insta::assert_snapshot!("import_nameless", import(&nameless, &["--skip-verify"]).shown());
    assert_eq!((kept(&home), fs::read_to_string(home.config().join("config.yaml")).unwrap()), (token, config));
    import(&nameless, &["--skip-verify", "--email", "a@x", "--role", "user"]).ok();
    assert_eq!(kept(&home)["email"], "a@x");
    let unknown = home.command(&["auth", "import-token", "--token", &good]).env_remove("DA_SERVER").output().unwrap();
    assert_eq!(unknown.status.code(), Some(0), "config.yaml says where");
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    let server = TestServer::start();
    let home = Home::at(&server);
    let created = json!({"id": "11111111-aaaa", "name": "ci", "prefix": "11111111", "token": "a.b.c",
        "expires_at": "2026-03-01T00:00:00+00:00", "created_at": "2026-02-01T00:00:00+00:00"});
    server.world().next.entry("/auth/tokens".into()).or_default().extend([
        Canned::json(201, &created),
        Canned::json(201, &created),
        Canned::refusal(403, "session_required", "Personal access tokens cannot create tokens"),
    ]);
    assert_eq!(home.da(&["auth", "token", "create", "--name", "ci", "--ttl", "30d", "--raw"]).ok().stdout, "a.b.c\n");
    insta::assert_snapshot!(
        "token_create",
        home.da(&["auth", "token", "create", "--name", "ci", "--ttl", "NEVER"]).ok().shown()
    );
    insta::assert_snapshot!("token_create_by_token", home.da(&["auth", "token", "create", "--name", "ci"]).shown());
    assert_eq!(
        server.world().bodies,
        [
            r#"{"name":"ci","expires_in_days":30}"#,
            r#"{"name":"ci","expires_in_days":null}"#,
            r#"{"name":"ci","expires_in_days":90}"#
        ]
    );
    server.forget();
    assert_eq!(home.da(&["auth", "token", "create", "--name", "ci", "--ttl", "5w"]).code, 2);
    assert_eq!(server.world().requests.len(), 0);

    let token = |id: &str, name: &str, revoked: bool| {
        json!({"id": id, "name": name, "prefix": &id[..8], "created_at": "2026-02-01 00:00:00",
            "expires_at": if name == "old" { json!("2020-01-01 00:00:00") } else { json!(null) }, "last_used_at": null,
            "revoked_at": if revoked { json!("2026-02-02 00:00:00") } else { json!(null) }})
    };
    let list = json!([
        token("aaaaaaaa-1", "ci", true),
        token("bbbbbbbb-1", "ci", false),
        token("cccccccc-1", "two", false),
        token("dddddddd-1", "two", false),
        token("eeeeeeee-1", "old", false)
    ]);
    server.world().always.insert("/auth/tokens".into(), Canned::json(200, &list));
    insta::assert_snapshot!("token_list", home.da(&["auth", "token", "list"]).ok().shown());
    assert_eq!(home.da(&["auth", "token", "list", "--json"]).ok().json(), list);
    let gone = Canned { status: 204, body: String::new(), ..Canned::html(204) };
    server.world().always.insert("/auth/tokens/bbbbbbbb-1".into(), gone);
    insta::assert_snapshot!("token_revoke", home.da(&["auth", "token", "revoke", "ci"]).ok().shown());
    insta::assert_snapshot!("token_revoke_which", home.da(&["auth", "token", "revoke", "two"]).shown());
    insta::assert_snapshot!("token_revoke_none", home.da(&["auth", "token", "revoke", "nope"]).shown());
}
