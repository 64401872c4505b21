//! Signing in and out, and what counts as a proof.

use agnes_store::Clock;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Credential, PASSWORD, Setup, TestApp, send};

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_admin_is_made_once() {
    let app = Setup::new().start_empty().await;
    let first = app.anonymous().post("/auth/bootstrap", &json!({"email": "a@x.com"})).await;
    assert_eq!((first.status, &first.json["role"]), (200, &json!("admin")), "{}", first.text());
    let token = first.json["access_token"].as_str().unwrap();
    let users = app.bearer(token).get("/api/users").await;
    assert_eq!(users.json.as_array().map(Vec::len), Some(1));
    // The door is shut, although nobody has a password.
    for email in ["a@x.com", "b@x.com"] {
        let again = app.anonymous().post("/auth/bootstrap", &json!({"email": email, "password": PASSWORD})).await;
        assert_eq!((again.status, again.code()), (403, "bootstrap_closed"), "{email}");
        assert!(again.json["detail"].as_str().unwrap().contains("password already exists"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configured_admin_may_set_their_password_until_they_signed_in() {
    let app = Setup::new().with("SEED_ADMIN_EMAIL", "s@x.com").start_empty().await;
    let other = app.anonymous().post("/auth/bootstrap", &json!({"email": "b@x.com", "password": PASSWORD})).await;
    assert_eq!(other.status, 403);
    let body = json!({"email": "s@x.com", "password": PASSWORD});
    assert_eq!(app.anonymous().post("/auth/bootstrap", &body).await.status, 200);
    assert_eq!(app.anonymous().post("/auth/password/login", &body).await.status, 200);
    assert_eq!(app.anonymous().post("/auth/bootstrap", &body).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_first_admins_at_once_one_wins() {
    let app = Setup::new().start_empty().await;
    let (one, other) = tokio::join!(
        async { app.anonymous().post("/auth/bootstrap", &json!({"email": "a@x.com"})).await.status },
        async { app.anonymous().post("/auth/bootstrap", &json!({"email": "b@x.com"})).await.status },
    );
    let mut statuses = [one, other];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_token_is_a_day_long_and_says_who_it_is_for() {
    let app = TestApp::start().await;
    let body = json!({"email": "analyst@example.com", "password": PASSWORD});
    let signed_in = app.anonymous().post("/auth/token", &body).await;
    assert_eq!(signed_in.status, 200);
    insta::assert_json_snapshot!(signed_in.json, {".access_token" => "[token]", ".user_id" => "[id]"}, @r#"
    {
      "access_token": "[token]",
      "email": "analyst@example.com",
      "role": "analyst",
      "token_type": "bearer",
      "user_id": "[id]"
    }
    "#);
    assert_eq!(signed_in.header("cache-control"), "no-store");
    let claims = claims(signed_in.json["access_token"].as_str().unwrap());
    assert_eq!(claims["typ"], "session");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 86400);
    assert!(claims["jti"].as_str().unwrap().len() >= 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_sign_in_says_why_without_telling_accounts_apart() {
    let app = TestApp::start().await;
    let system = app.service().system_actor();
    let new = agnes_contract::user::NewUser {
        email: "external@example.com".into(),
        name: "External".into(),
        role: "analyst".into(),
        send_invite: false,
    };
    app.service().user_create(&system, new).await.unwrap();
    let idle = app.person("idle@example.com", "analyst").await;
    assert_eq!(app.admin().post_empty(&format!("/api/users/{idle}/deactivate")).await.status, 200);
    let cases = [
        ("/auth/token", json!({"email": "analyst@example.com", "password": "wrong"}), 401, "wrong_password"),
        ("/auth/token", json!({"email": "nobody@example.com", "password": "wrong"}), 401, "wrong_password"),
        ("/auth/token", json!({"email": "ANALYST@example.com", "password": PASSWORD}), 401, "wrong_password"),
        ("/auth/token", json!({"email": "analyst@example.com", "password": ""}), 401, "wrong_password"),
        ("/auth/token", json!({"email": "analyst@example.com"}), 401, "wrong_password"),
        ("/auth/token", json!({"email": "external@example.com", "password": "x"}), 401, "external_authentication"),
        ("/auth/token", json!({"email": "idle@example.com", "password": "wrong"}), 401, "wrong_password"),
        ("/auth/token", json!({"email": "idle@example.com", "password": PASSWORD}), 401, "account_deactivated"),
        ("/auth/password/login", json!({"email": "analyst@example.com", "password": "wrong"}), 401, "wrong_password"),
        ("/auth/password/login", json!({"email": "external@example.com", "password": "x"}), 401, "wrong_password"),
        ("/auth/password/login", json!({"email": "analyst@example.com"}), 422, "validation_failed"),
    ];
    for (path, body, status, code) in cases {
        let answer = app.anonymous().post(path, &body).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{path} {body}: {}", answer.text());
    }
    let external = app.anonymous().post("/auth/token", &json!({"email": "external@example.com"})).await;
    assert!(external.json["detail"].as_str().unwrap().contains("external authentication"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_right_header_or_cookie_is_a_proof() {
    let app = TestApp::start().await;
    let token = app.token("analyst@example.com").await;
    let cookie = format!("access_token={token}");
    let session = app.session("analyst@example.com").await;
    let forged = |header: &str| {
        let payload = token.split('.').nth(1).unwrap();
        format!("Bearer {}.{payload}.{}", URL_SAFE_NO_PAD.encode(header), token.split('.').nth(2).unwrap())
    };
    let cases: [(&str, Option<String>, Option<&str>, u16); 13] = [
        ("nothing", None, None, 401),
        ("empty bearer", Some("Bearer ".into()), None, 401),
        ("no scheme", Some(token.clone()), None, 401),
        ("garbage", Some("Bearer garbage".into()), None, 401),
        ("lower case", Some(format!("bearer {token}")), None, 401),
        ("right", Some(format!("Bearer {token}")), None, 200),
        ("cookie", None, Some(&cookie), 200),
        ("session", None, Some(&session), 200),
        ("made up session", None, Some("agnes_session=AAAAAAAAAAAAAAAAAAAAAA"), 401),
        ("bad bearer beside a good cookie", Some("Bearer garbage".into()), Some(&cookie), 401),
        ("basic beside a good cookie", Some("Basic eDp5".into()), Some(&cookie), 200),
        ("alg none", Some(forged(r#"{"alg":"none","typ":"JWT"}"#)), None, 401),
        ("alg HS512", Some(forged(r#"{"alg":"HS512","typ":"JWT"}"#)), None, 401),
    ];
    for (case, header, cookie, status) in cases {
        let mut request = app.anonymous().request(Method::GET, "/api/me");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        let answer = send(request).await;
        assert_eq!(answer.status, status, "{case}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_form_one_lands_on_a_page_of_ours() {
    let app = TestApp::start().await;
    for (next, expected) in [
        ("/catalog", "/catalog"),
        ("/catalog?q=a", "/catalog?q=a"),
        ("", "/dashboard"),
        ("//evil.example/", "/dashboard"),
        ("http://evil.example/", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("dashboard", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
        ("/\t/evil.example", "/dashboard"),
    ] {
        let form = [("email", "analyst@example.com"), ("password", PASSWORD), ("next", next)];
        let answer = app.anonymous().form("/auth/password/login/web", &form).await;
        assert_eq!((answer.status, answer.header("location")), (302, expected), "{next:?}");
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("agnes_session=") && cookie.contains("HttpOnly"), "{cookie}");
        assert!(cookie.contains("SameSite=Lax") && cookie.contains("Path=/") && !cookie.contains("Secure"), "{cookie}");
    }
    let wrong = [("email", "analyst@example.com"), ("password", "wrong"), ("next", "/catalog")];
    let answer = app.anonymous().form("/auth/password/login/web", &wrong).await;
    assert_eq!((answer.status, answer.header("location")), (302, "/login/password?error=invalid&next=%2Fcatalog"));
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(app.anonymous().form("/auth/password/login/web", &[("password", "x")]).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_secure_behind_tls() {
    let form = [("email", "analyst@example.com"), ("password", PASSWORD)];
    let named = Setup::new().with("DOMAIN", "data.example").start().await;
    let answer = named.anonymous().form("/auth/password/login/web", &form).await;
    assert!(answer.header("set-cookie").contains("Secure"));
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let behind = TestApp::start().await;
    let answer = behind.anonymous().with("x-forwarded-proto", "https").form("/auth/password/login/web", &form).await;
    assert!(answer.header("set-cookie").contains("Secure"));
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_itself() {
    let app = TestApp::start().await;
    let cookie = app.session("analyst@example.com").await;
    let caller = app.caller(Credential::Cookie(cookie.clone()));
    assert_eq!(caller.get("/api/me").await.status, 200);
    let out = caller.post_empty("/auth/logout").await;
    assert_eq!(out.status, 204, "{}", out.text());
    assert!(out.headers.get_all("set-cookie").iter().any(|value| value.to_str().unwrap().contains("agnes_session=;")));
    assert_eq!(caller.get("/api/me").await.status, 401);
    // A form goes back to the sign-in page.
    let cookie = app.session("analyst@example.com").await;
    let form = app.caller(Credential::Cookie(cookie)).with("accept", "text/html").post_empty("/auth/logout").await;
    assert_eq!((form.status, form.header("location")), (302, "/login?msg=signed_out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_a_day_after_its_last_use() {
    let (clock, time) = Clock::manual();
    let app = Setup::new().at(clock).start().await;
    let caller = app.caller(Credential::Cookie(app.session("analyst@example.com").await));
    time.advance(chrono::Duration::hours(20));
    let used = caller.get("/api/me").await;
    assert_eq!(used.status, 200);
    // The browser is told of the new end.
    assert!(used.header("set-cookie").contains("Max-Age=86400"), "{}", used.header("set-cookie"));
    time.advance(chrono::Duration::hours(20));
    assert_eq!(caller.get("/api/me").await.status, 200);
    time.advance(chrono::Duration::hours(25));
    assert_eq!(caller.get("/api/me").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_a_restart() {
    let mut app = TestApp::start().await;
    let cookie = app.session("analyst@example.com").await;
    app.stop().await;
    let folder = std::mem::replace(&mut app.folder, tempfile::tempdir().unwrap());
    let again = Setup::on(folder).start_empty().await;
    assert_eq!(again.caller(Credential::Cookie(cookie)).get("/api/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_sent_by_another_site_is_refused() {
    let app = TestApp::start().await;
    let session = app.session("admin@example.com").await;
    let jwt = format!("access_token={}", app.token("admin@example.com").await);
    for cookie in [session, jwt] {
        let group = json!({"name": cookie.chars().take(8).collect::<String>()});
        let foreign = app.caller(Credential::ForeignCookie(cookie.clone()));
        let refused = foreign.post("/api/admin/groups", &group).await;
        assert_eq!((refused.status, refused.code()), (403, "cross_site"));
        // Reading shows the other site nothing: its script may not see the answer.
        assert_eq!(foreign.get("/api/me").await.status, 200);
        let silent = app.anonymous().with("cookie", &cookie).post("/api/admin/groups", &group).await;
        assert_eq!(silent.code(), "cross_site");
        let fetched = app.anonymous().with("cookie", &cookie).with("sec-fetch-site", "same-origin");
        assert_eq!(fetched.post("/api/admin/groups", &group).await.status, 201);
    }
    // Nobody is signed in, or made the first admin, by another site's form.
    let form = [("email", "analyst@example.com"), ("password", PASSWORD)];
    let elsewhere = app.anonymous().with("origin", "http://evil.example");
    assert_eq!(elsewhere.form("/auth/password/login/web", &form).await.code(), "cross_site");
    assert_eq!(elsewhere.post("/auth/bootstrap", &json!({"email": "a@x.com"})).await.code(), "cross_site");
    // A bearer is nothing a browser sends by itself.
    let bearer = app.admin().with("origin", "http://evil.example");
    assert_eq!(bearer.post("/api/admin/groups", &json!({"name": "Bearer"})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_link_works_once() {
    let app = TestApp::start().await;
    let token = app.service().link_mint("analyst@example.com").await.unwrap();
    let page = app.anonymous().with("accept", "text/html").get(&format!("/auth/link?token={token}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("<form") && page.header("referrer-policy") == "no-referrer", "{:?}", page.headers);
    let form = [("token", token.as_str()), ("next", "/catalog")];
    let (one, other) = tokio::join!(async { app.anonymous().form("/auth/link", &form).await }, async {
        app.anonymous().form("/auth/link", &form).await
    },);
    let (won, lost) = if one.status == 302 { (one, other) } else { (other, one) };
    assert_eq!((won.status, won.header("location")), (302, "/catalog"));
    assert_eq!((lost.status, lost.code()), (401, "invalid_link"));
    let cookie = won.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(app.caller(Credential::Cookie(cookie)).get("/api/me").await.json["email"], "analyst@example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_link_gets_too_old() {
    let (clock, time) = Clock::manual();
    let app = Setup::new().at(clock).start().await;
    let token = app.service().link_mint("analyst@example.com").await.unwrap();
    time.advance(chrono::Duration::minutes(61));
    assert_eq!(app.anonymous().form("/auth/link", &[("token", &token)]).await.code(), "invalid_link");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_attempts_have_to_wait_and_right_ones_do_not_count() {
    let app = Setup::new().with("AGNES_SIGN_IN_PER_MINUTE", "10").start().await;
    let attempt = |email: &str, password: &str, address: &str| {
        let caller = app.anonymous().with("x-forwarded-for", address);
        let body = json!({"email": email, "password": password});
        async move { caller.post("/auth/token", &body).await }
    };
    for _ in 0..30 {
        assert_eq!(attempt("analyst@example.com", PASSWORD, "1.1.1.1").await.status, 200);
    }
    let mut refused = None;
    for _ in 0..25 {
        let answer = attempt("analyst@example.com", "wrong", "1.1.1.1").await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401);
    }
    let refused = refused.unwrap();
    assert_eq!(refused.code(), "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    // By account from elsewhere, and by client for another account.
    assert_eq!(attempt("analyst@example.com", "wrong", "2.2.2.2").await.status, 429);
    assert_eq!(attempt("admin@example.com", "wrong", "1.1.1.1").await.status, 429);
    assert_eq!(attempt("admin@example.com", PASSWORD, "2.2.2.2").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lead_to_the_sign_in_page_and_back() {
    let app = TestApp::start().await;
    for (path, location) in [
        ("/dashboard", "/login?next=%2Fdashboard"),
        ("/catalog?q=x", "/login?next=%2Fcatalog%3Fq%3Dx"),
        ("/admin/tables", "/login?next=%2Fadmin%2Ftables"),
        ("/", "/login"),
        ("/login/email?next=/a", "/login?next=/a"),
        ("/admin/grants?x=1", "/admin/access?x=1"),
    ] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(answer.header("location"), location, "{path}");
    }
    for path in ["/auth/tokens", "/api/sync/manifest"] {
        let answer = app.anonymous().with("accept", "text/html").get(path).await;
        assert_eq!((answer.status, answer.code()), (401, "unauthenticated"), "{path}");
    }
    let analyst = app.caller(Credential::Cookie(app.session("analyst@example.com").await));
    let refused = analyst.clone().with("accept", "text/html").get("/admin/tables").await;
    assert_eq!(refused.status, 403);
    assert!(refused.header("content-type").starts_with("text/html"), "{}", refused.text());
    let program = analyst.get("/admin/tables").await;
    assert_eq!((program.status, &program.json["detail"]), (403, &json!("Admin access required")));
    assert_eq!(analyst.get("/").await.header("location"), "/dashboard");
    assert_eq!(analyst.get("/login?next=/catalog").await.header("location"), "/catalog");
    assert_eq!(analyst.get("/setup").await.header("location"), "/login");
}
