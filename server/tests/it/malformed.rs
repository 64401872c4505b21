//! What cannot be taken is refused in words, by every route: never a panic, never a page for a program.

use agnes_contract::error::Code;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Caller, TestApp, send};

/// Every error a program gets has a detail and a code that fits the status.
fn is_proper(answer: &Answer, case: &str) {
    if answer.status < 400 {
        return;
    }
    assert!(answer.status < 500, "{case}: {} {}", answer.status, answer.text());
    assert!(answer.header("content-type").starts_with("application/json"), "{case}: {}", answer.text());
    assert!(!answer.json["detail"].is_null(), "{case}: {}", answer.text());
    let code = Code::find(answer.code());
    assert_eq!(code.map(Code::status), Some(answer.status), "{case}: {}", answer.text());
    if answer.status == 422 && answer.code() == "validation_failed" {
        let fields = answer.json["detail"].as_array().unwrap_or_else(|| panic!("{case}: {}", answer.text()));
        for field in fields {
            assert!(
                field["type"].is_string() && field["loc"].is_array() && field["msg"].is_string(),
                "{case}: {field}"
            );
        }
    }
}

fn routes() -> Vec<(Method, String)> {
    let table = agnes_server::router::table(1 << 20).into_iter();
    let rest = table.filter(|route| !route.path.starts_with("/console/") && !route.path.ends_with("/stream"));
    rest.map(|route| (route.method, route.path)).collect()
}

async fn sent(caller: &Caller, method: &Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = caller.request(method.clone(), path);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    send(request.body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_to_a_route_the_answer_is_proper() {
    let app = TestApp::start().await;
    let bodies: [(&str, Option<&str>, Vec<u8>); 11] = [
        ("malformed", Some("application/json"), b"{\"a\": ".to_vec()),
        ("wrong shape", Some("application/json"), b"\"text\"".to_vec()),
        ("a list", Some("application/json"), b"[1, {}]".to_vec()),
        ("null", Some("application/json"), b"null".to_vec()),
        ("empty", Some("application/json"), Vec::new()),
        ("not text", Some("application/json"), vec![0xff, 0xfe, 0x00]),
        ("nested", Some("application/json"), [b'['; 3000].to_vec()),
        ("wrong kind", Some("text/plain"), b"{}".to_vec()),
        ("no boundary", Some("multipart/form-data"), b"x".to_vec()),
        (
            "cut off",
            Some("multipart/form-data; boundary=x"),
            b"--x\r\nContent-Disposition: form-data; name=\"file\"".to_vec(),
        ),
        ("no kind", None, b"{\"name\": 5, \"email\": 5, \"sql\": 5, \"password\": 5}".to_vec()),
    ];
    for (method, path) in routes() {
        // Each may sign out or change something: ids that are nobody's keep everybody in.
        let path = path.replace("{digest}", "%00").replace('{', "no").replace('}', "body");
        for (case, kind, body) in &bodies {
            let case = format!("{case}: {method} {path}");
            let answer = sent(&app.admin(), &method, &path, *kind, body.clone()).await;
            is_proper(&answer, &case);
        }
    }
    assert_eq!(app.admin().get("/api/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_call_is_told_so_before_the_body_is_looked_at() {
    let app = TestApp::start().await;
    for route in agnes_server::router::table(1 << 20) {
        let Some(expected) = (match route.rule.who {
            agnes_server::Who::User | agnes_server::Who::Session => Some((401, None)),
            agnes_server::Who::Admin => Some((401, Some(403))),
            agnes_server::Who::Public | agnes_server::Who::Optional => None,
        }) else {
            continue;
        };
        let page = ["/api/", "/auth/", "/console/"].iter().all(|prefix| !route.path.starts_with(prefix));
        let path = route.path.replace(['{', '}'], "");
        let json = Some("application/json");
        let anonymous = sent(&app.anonymous(), &route.method, &path, json, b"{".to_vec()).await;
        assert_eq!(anonymous.status, if page { 302 } else { expected.0 }, "{} {path}", route.method);
        if let Some(status) = expected.1 {
            let analyst = sent(&app.analyst(), &route.method, &path, json, b"{".to_vec()).await;
            assert_eq!((analyst.status, &analyst.json["detail"]), (status, &json!("Admin access required")), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_not_read() {
    let app = TestApp::start().await;
    for (method, path) in routes() {
        if path == "/api/admin/uploads" || method == Method::GET {
            continue;
        }
        let path = path.replace('{', "no").replace('}', "body");
        // The server answers and closes; a client still sending may see that first.
        let request = app.admin().request(method.clone(), &path).header("content-type", "application/json");
        let Ok(response) = request.body(vec![b' '; 3 << 20]).send().await else { continue };
        assert_eq!(response.status().as_u16(), 413, "{method} {path}");
    }
    // Without a length announced the limit holds too.
    let chunks = futures::stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    let request = app.admin().request(Method::POST, "/api/query").header("content-type", "application/json");
    if let Ok(response) = request.body(reqwest::Body::wrap_stream(chunks)).send().await {
        assert_eq!(response.status().as_u16(), 413);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_cannot_be_taken_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let cases = [
        ("/api/users", json!(["a@b.c", "x"]), "model_attributes_type", json!(["body"])),
        ("/api/users", json!({"name": "x"}), "missing", json!(["body", "email"])),
        ("/api/users", json!({"email": 5, "name": "x"}), "string_type", json!(["body", "email"])),
        (
            "/api/users",
            json!({"email": "a@b.c", "name": "x", "send_invite": "maybe"}),
            "bool_parsing",
            json!(["body", "send_invite"]),
        ),
        ("/api/query", json!({"sql": "SELECT 1", "limit": 2.5}), "int_from_float", json!(["body", "limit"])),
        ("/api/query", json!({"sql": "SELECT 1", "limit": null}), "int_type", json!(["body", "limit"])),
        ("/api/sync/trigger", json!({"tables": []}), "list_type", json!(["body"])),
        ("/api/sync/trigger", json!(["a", 1]), "string_type", json!(["body", 1])),
        ("/api/admin/register-table", json!({"name": " "}), "value_error", json!(["body", "name"])),
    ];
    for (path, body, kind, loc) in cases {
        let answer = admin.post(path, &body).await;
        let field = &answer.json["detail"][0];
        assert_eq!(
            (answer.status, &field["type"], &field["loc"]),
            (422, &json!(kind), &loc),
            "{path} {body}: {}",
            answer.text()
        );
    }
    let malformed = sent(&admin, &Method::POST, "/api/query", Some("application/json"), b"{\"sql\": x}".to_vec()).await;
    assert_eq!(malformed.json["detail"][0]["loc"], json!(["body", 8]), "{}", malformed.text());
    assert_eq!(malformed.json["detail"][0]["type"], "json_invalid");
    let query = admin.get("/api/v2/sample/orders?n=x").await;
    assert_eq!(query.json["detail"][0]["loc"], json!(["query", "n"]), "{}", query.text());
}
