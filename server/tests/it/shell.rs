//! What every request passes through: ids, origins, compression, headers, errors, the end.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::support::{Credential, Setup, TestApp, send};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_one_id_and_a_plain_one_from_outside_is_kept() {
    let app = Setup::new().start_empty().await;
    let id = app.anonymous().get("/api/health").await.header("x-request-id").to_owned();
    assert_eq!(id.len(), 32);
    assert_ne!(app.anonymous().get("/api/health").await.header("x-request-id"), id);
    for (given, kept) in [("abc-123", true), ("a b", false), (&"a".repeat(65), false), ("a\"b", false)] {
        let answer = app.anonymous().with("x-request-id", given).get("/nothing").await;
        assert_eq!(answer.header("x-request-id") == given, kept, "{given}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_shell_are_json_for_programs_and_pages_for_people() {
    let app = TestApp::start().await;
    let cases = [
        (Method::GET, "/nothing", 404, "Not Found", "not_found"),
        (Method::GET, "/api/nothing", 404, "Not Found", "not_found"),
        (Method::GET, "/static/nothing.css", 404, "Not Found", "not_found"),
        (Method::GET, "/cli/agnes.whl", 404, "Not Found", "not_found"),
        (Method::GET, "/favicon.ico", 404, "Not Found", "not_found"),
        (Method::PUT, "/api/users", 405, "Method Not Allowed", "method_not_allowed"),
        (Method::DELETE, "/api/health", 405, "Method Not Allowed", "method_not_allowed"),
        (Method::POST, "/dashboard", 405, "Method Not Allowed", "method_not_allowed"),
    ];
    for (method, path, status, detail, code) in cases {
        let answer = send(app.anonymous().request(method.clone(), path)).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{method} {path}");
        assert_eq!(answer.json["detail"], detail, "{method} {path}");
        assert_eq!(answer.header("allow").is_empty(), status != 405, "{method} {path}");
    }
    let browser = app.anonymous().with("accept", "text/html,*/*;q=0.8");
    let page = browser.get("/nothing").await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains(page.header("x-request-id")), "{}", page.text());
    for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY")] {
        assert_eq!(page.header(name), value);
    }
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(browser.get("/api/nothing").await.code(), "not_found");
    assert_eq!(app.admin().get("/api/users").await.header("allow"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superfluous_slash_is_taken_away() {
    let app = Setup::new().start_empty().await;
    let answer = app.anonymous().get("/api/users/?a=b").await;
    let expected = format!("{}/api/users?a=b", app.base());
    assert_eq!((answer.status, answer.header("location")), (307, expected.as_str()));
    assert_eq!(app.anonymous().get("/nothing/").await.status, 404);
    assert_eq!(app.anonymous().get("//evil.example/").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_fenced_in() {
    let app = TestApp::start().await;
    let session = app.caller(Credential::Cookie(app.session("admin@example.com").await));
    for path in ["/login", "/dashboard", "/catalog", "/admin/tables"] {
        let page = session.clone().with("accept", "text/html").get(path).await;
        if page.status == 302 {
            continue;
        }
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'nonce-") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(page.header("cache-control").contains("no-store"), "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_listed_origins_may_call_from_a_browser() {
    let app = Setup::new().with("CORS_ORIGINS", "https://ok.example, *").start().await;
    let preflight = |origin: &'static str| {
        let request = app
            .anonymous()
            .request(Method::OPTIONS, "/api/users")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "x-a, authorization");
        send(request)
    };
    let listed = preflight("https://ok.example").await;
    assert_eq!((listed.status, listed.text().as_str()), (200, "OK"));
    for (name, value) in [
        ("access-control-allow-origin", "https://ok.example"),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", "x-a, authorization"),
        ("access-control-max-age", "600"),
        ("vary", "Origin"),
    ] {
        assert_eq!(listed.header(name), value);
    }
    let other = preflight("https://other.example").await;
    assert_eq!((other.status, other.text().as_str()), (400, "Disallowed CORS origin"));
    let read = app.admin().with("origin", "https://ok.example").get("/api/me").await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, "https://ok.example"));
    let read = app.admin().with("origin", "https://other.example").get("/api/me").await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_answers_are_compressed_for_who_asks() {
    let app = TestApp::start().await;
    let openapi = app.anonymous().with("accept-encoding", "gzip").get("/openapi.json").await;
    assert_eq!(openapi.header("content-encoding"), "gzip");
    assert!(openapi.header("vary").to_lowercase().contains("accept-encoding"));
    assert_eq!(app.anonymous().get("/openapi.json").await.header("content-encoding"), "");
    let short = app.anonymous().with("accept-encoding", "gzip").get("/api/health").await;
    assert_eq!(short.header("content-encoding"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_answered_like_get() {
    let app = TestApp::start().await;
    for path in ["/api/health", "/api/version", "/login", "/openapi.json"] {
        let head = send(app.anonymous().request(Method::HEAD, path)).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
    }
    assert_eq!(send(app.anonymous().request(Method::HEAD, "/api/users")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_what_it_may() {
    let app = TestApp::start().await;
    let health = app.anonymous().get("/api/health").await;
    assert_eq!(health.json, json!({"status": "ok", "instance_name": "AI Data Analyst"}));
    let version = app.anonymous().get("/api/version").await;
    insta::assert_json_snapshot!(version.json, {".deployed_at" => "[time]", ".version" => "[version]"}, @r#"
    {
      "channel": "dev",
      "commit_sha": "unknown",
      "deployed_at": "[time]",
      "image_tag": "unknown",
      "schema_version": 14,
      "version": "[version]"
    }
    "#);
    app.csv_table("orders", "id\n1\n", true).await;
    app.sync().await;
    assert_eq!(app.anonymous().get("/api/health/detailed").await.status, 401);
    let detailed = app.analyst().get("/api/health/detailed").await;
    insta::assert_json_snapshot!(detailed.json, {
        ".deployed_at" => "[time]", ".timestamp" => "[time]", ".version" => "[version]",
        ".services.disk.free_bytes" => "[bytes]",
    }, @r#"
    {
      "channel": "dev",
      "commit_sha": "unknown",
      "deployed_at": "[time]",
      "image_tag": "unknown",
      "schema_version": 14,
      "services": {
        "data": {
          "stale_tables": [],
          "status": "ok",
          "tables": 1,
          "total_rows": 1
        },
        "disk": {
          "free_bytes": "[bytes]",
          "status": "ok"
        },
        "duckdb_state": {
          "status": "ok"
        },
        "sync": {
          "status": "ok"
        },
        "users": {
          "count": 2,
          "status": "ok"
        }
      },
      "status": "healthy",
      "timestamp": "[time]",
      "version": "[version]"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_for_this_machine_or_who_holds_the_token() {
    let app = Setup::new().with("METRICS_TOKEN", "sesame").start().await;
    // A request is counted when it is answered.
    app.anonymous().get("/api/health").await;
    let here = app.anonymous().get("/metrics").await;
    assert_eq!(here.status, 200);
    assert!(here.text().contains("agnes_http_requests_total"), "{}", here.text());
    let elsewhere = app.anonymous().with("x-forwarded-for", "1.1.1.1");
    assert_eq!(elsewhere.get("/metrics").await.code(), "not_found");
    assert_eq!(app.bearer("sesame").with("x-forwarded-for", "1.1.1.1").get("/metrics").await.status, 200);
    assert_eq!(app.bearer("other").with("x-forwarded-for", "1.1.1.1").get("/metrics").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_told_as_they_proceed_and_a_stop_ends_the_telling() {
    let mut app = TestApp::start().await;
    app.csv_table("orders", "id\n1\n", true).await;
    let request = app.admin().request(Method::GET, "/api/admin/jobs/stream").header("accept", "text/event-stream");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    app.sync().await;
    let mut told = String::new();
    while !told.contains("\"state\":\"done\"") {
        let chunk = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await.unwrap().unwrap().unwrap();
        told.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(told.contains("event: job\n"), "{told}");
    let began = Instant::now();
    app.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    while let Ok(Some(_)) = stream.chunk().await {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_directory_is_told_who_holds_it() {
    let app = Setup::new().start_empty().await;
    let setup = Setup::new().with("DATA_DIR", app.folder.path().to_str().unwrap());
    let error = agnes_server::serve::start(setup.config()).await.err().unwrap();
    let chain = format!("{:#}", anyhow::Error::from(error));
    assert!(chain.contains(&std::process::id().to_string()), "{chain}");
}
