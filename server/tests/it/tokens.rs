//! Personal access tokens: made by people, limited, revoked.

use agnes_store::Clock;
use serde_json::{Value, json};

use crate::support::{Credential, Setup, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_shows_its_secret_once() {
    let app = TestApp::start().await;
    let made = app.analyst().post("/auth/tokens", &json!({"name": " laptop "})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.header("cache-control"), "no-store");
    let (id, token) = (made.json["id"].as_str().unwrap(), made.json["token"].as_str().unwrap());
    assert_eq!((&made.json["name"], made.json["prefix"].as_str().unwrap()), (&json!("laptop"), &id[..8]));
    assert!(made.json["expires_at"].as_str().unwrap().ends_with("+00:00"));
    let by_token = app.bearer(token);
    assert_eq!(by_token.get("/api/me").await.json["email"], "analyst@example.com");
    let list = by_token.get("/auth/tokens").await;
    assert!(!list.text().contains(token) && list.json[0].get("token").is_none(), "{}", list.text());
    let find = by_token.get(&format!("/auth/tokens/{id}")).await;
    insta::assert_json_snapshot!(find.json, {
        ".id" => "[id]", ".prefix" => "[prefix]", ".created_at" => "[time]", ".expires_at" => "[time]",
        ".last_used_at" => "[time]",
    }, @r#"
    {
      "created_at": "[time]",
      "expires_at": "[time]",
      "id": "[id]",
      "last_used_at": "[time]",
      "name": "laptop",
      "prefix": "[prefix]",
      "revoked_at": null,
      "scopes": null
    }
    "#);
    // Only a person at a keyboard makes tokens: not a token, in the header or in the cookie.
    let cookie = app.caller(Credential::Cookie(format!("access_token={token}")));
    for caller in [by_token, cookie] {
        let refused = caller.post("/auth/tokens", &json!({"name": "more"})).await;
        assert_eq!((refused.status, refused.code()), (403, "session_required"));
        assert_eq!(refused.json["detail"], "This endpoint requires an interactive session, not a PAT");
    }
    let session = app.caller(Credential::Cookie(app.session("analyst@example.com").await));
    assert_eq!(session.post("/auth/tokens", &json!({"name": "browser"})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_as_long_as_it_was_made_for() {
    let app = TestApp::start().await;
    let cases: [(Value, u16, &str); 11] = [
        (json!({"name": "a", "expires_in_days": 0}), 400, "invalid_expiry"),
        (json!({"name": "a", "expires_in_days": -1}), 400, "invalid_expiry"),
        (json!({"name": "a", "expires_in_days": 3651}), 400, "invalid_expiry"),
        (json!({"name": "a", "expires_in_days": 10_000_000_000_u64}), 400, "invalid_expiry"),
        (json!({"name": "a", "expires_in_days": 1.5}), 422, "validation_failed"),
        (json!({"name": "a", "expires_in_days": "x"}), 422, "validation_failed"),
        (json!({"name": "  "}), 400, "blank"),
        (json!({"name": "x".repeat(201)}), 400, "invalid_name"),
        (json!({"name": "a", "scopes": "sync everything"}), 400, "invalid_scope"),
        (json!({"name": "a", "expires_in_days": "30"}), 201, ""),
        (json!({"name": "a", "expires_in_days": null}), 201, ""),
    ];
    for (body, status, code) in cases {
        let answer = app.analyst().post("/auth/tokens", &body).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{body}: {}", answer.text());
    }
    let endless = app.analyst().post("/auth/tokens", &json!({"name": "a", "expires_in_days": null})).await;
    assert_eq!(endless.json["expires_at"], Value::Null);

    let (clock, time) = Clock::manual();
    let app = Setup::new().at(clock).start().await;
    let made = app.analyst().post("/auth/tokens", &json!({"name": "a", "expires_in_days": 2})).await;
    let token = app.bearer(made.json["token"].as_str().unwrap());
    time.advance(chrono::Duration::hours(47));
    assert_eq!(token.get("/api/me").await.status, 200);
    time.advance(chrono::Duration::hours(2));
    assert_eq!(token.get("/api/me").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_refused_and_a_forged_one_never_taken() {
    let app = Setup::new().with("JWT_SECRET_KEY", "a secret that is longer than 32 bytes").start().await;
    let made = app.analyst().post("/auth/tokens", &json!({"name": "laptop"})).await;
    let (id, text) = (made.json["id"].as_str().unwrap(), made.json["token"].as_str().unwrap());
    let token = app.bearer(text);
    assert_eq!(token.get("/api/me").await.status, 200);

    // The same claims but one, signed with the right key.
    let signer = agnes_identity::token::Signer::new("a secret that is longer than 32 bytes");
    let copy = signer
        .pat(&agnes_identity::token::PatClaims {
            sub: app.analyst_id.clone(),
            email: "analyst@example.com".into(),
            role: "admin".into(),
            jti: id.to_owned(),
            iat: chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap().timestamp(),
            exp: None,
            scopes: None,
        })
        .unwrap();
    let answer = app.bearer(&copy).get("/api/me").await;
    assert_eq!((answer.status, &answer.json["detail"]), (401, &json!("Token mismatch")));

    assert_eq!(token.delete(&format!("/auth/tokens/{id}")).await.status, 204);
    let answer = token.get("/api/me").await;
    assert_eq!((answer.status, &answer.json["detail"], answer.code()), (401, &json!("Token revoked"), "token_revoked"));
    assert_eq!(app.analyst().delete(&format!("/auth/tokens/{id}")).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_has_their_own_tokens_and_admins_see_all() {
    let app = TestApp::start().await;
    let made = app.analyst().post("/auth/tokens", &json!({"name": "laptop"})).await;
    let path = format!("/auth/tokens/{}", made.json["id"].as_str().unwrap());
    for answer in [app.admin().get(&path).await, app.admin().delete(&path).await] {
        assert_eq!((answer.status, answer.code()), (404, "token_not_found"));
    }
    assert_eq!(app.analyst().get("/auth/admin/tokens").await.status, 403);
    let token = app.bearer(made.json["token"].as_str().unwrap());
    assert_eq!(token.with("x-forwarded-for", "1.1.1.1").get("/api/me").await.status, 200);
    let mut all = app.admin().get("/auth/admin/tokens").await.json;
    for _ in 0..100 {
        // The use is written down behind the answer.
        if !all[0]["last_used_ip"].is_null() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        all = app.admin().get("/auth/admin/tokens").await.json;
    }
    assert_eq!((&all[0]["user_email"], &all[0]["name"]), (&json!("analyst@example.com"), &json!("laptop")));
    assert_eq!(all[0]["last_used_ip"], "1.1.1.1", "{all}");
    let path = format!("/auth/admin/tokens/{}", made.json["id"].as_str().unwrap());
    assert_eq!(app.admin().delete(&path).await.status, 204);
    assert_eq!(app.bearer(made.json["token"].as_str().unwrap()).get("/api/me").await.code(), "token_revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_token_does_what_it_is_for() {
    let app = TestApp::start().await;
    let limited = |scopes: &'static str| {
        let admin = app.admin();
        let app = &app;
        async move {
            let made = admin.post("/auth/tokens", &json!({"name": scopes, "scopes": scopes})).await;
            app.bearer(made.json["token"].as_str().unwrap_or_default())
        }
    };
    let (sync, query, both) = (limited("sync").await, limited("query").await, limited("sync query").await);
    let select = json!({"sql": "SELECT 1"});
    for (caller, manifest, queried) in [(&sync, 200, 403), (&query, 403, 200), (&both, 200, 200)] {
        assert_eq!(caller.get("/api/sync/manifest").await.status, manifest);
        assert_eq!(caller.post("/api/query", &select).await.status, queried);
        let admin = caller.get("/api/users").await;
        assert_eq!((admin.status, admin.code()), (403, "scope_required"));
        assert_eq!(caller.get("/api/me").await.status, 200);
    }
}
