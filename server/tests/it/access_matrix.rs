//! Who gets which status from which route: every route of the table, every server function.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Credential, TestApp};

/// What the callers try: with an empty JSON object, so that nothing comes of what is let through.
async fn status(caller: &Caller, method: &Method, path: &str) -> u16 {
    let request = caller.request(method.clone(), path);
    let request = if path.starts_with("/console/") {
        request.header("content-type", "application/x-www-form-urlencoded").body("")
    } else if *method == Method::GET {
        request
    } else {
        request.json(&json!({}))
    };
    // Streams never end: the status is all there is to see.
    request.send().await.unwrap().status().as_u16()
}

/// The path with something in its variable parts that is there to be read, and not to be changed.
fn filled(method: &Method, path: &str, digest: &str) -> String {
    let table =
        path.contains("/data/") || path.contains("/catalog/") || path.contains("/v2/") || path.contains("readers");
    let id = if table && *method == Method::GET { "orders" } else { "nobody" };
    let filled =
        path.replace("{digest}", digest).replace("{name}", "nothing").replace("{table_id}", id).replace("{id}", id);
    filled.replace("{group_id}", "nobody").replace("{user_id}", "nobody")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_everybody_as_the_table_says() {
    let app = TestApp::start().await;
    app.csv_table("orders", "id\n1\n", false).await;
    app.sync().await;
    let manifest = app.admin().get("/api/sync/manifest").await.json;
    let digest = manifest["tables"]["orders"]["digest"].as_str().unwrap().to_owned();
    let group = app.group_of_analyst("Sales").await;
    app.grant(&group, "orders").await;
    let member = app.analyst();
    app.person("user@example.com", "analyst").await;
    let user = app.bearer(&app.token("user@example.com").await);
    let idle_id = app.person("idle@example.com", "admin").await;
    let idle = app.bearer(&app.token("idle@example.com").await);
    app.admin().post_empty(&format!("/api/users/{idle_id}/deactivate")).await;
    let token = |body: Value| {
        let admin = app.admin();
        async move { admin.post("/auth/tokens", &body).await.json }
    };
    let revoked = token(json!({"name": "revoked"})).await;
    app.admin().delete(&format!("/auth/tokens/{}", revoked["id"].as_str().unwrap())).await;
    let revoked = app.bearer(revoked["token"].as_str().unwrap());
    let limited = token(json!({"name": "limited", "scopes": "marketplace"})).await;
    let limited = app.bearer(limited["token"].as_str().unwrap());
    let foreign = app.caller(Credential::ForeignCookie(app.session("admin@example.com").await));
    let callers: [(&str, Caller); 8] = [
        ("anon", app.anonymous()),
        ("user", user),
        ("member", member),
        ("admin", app.admin()),
        ("idle", idle),
        ("revoked", revoked),
        ("foreign", foreign),
        ("limited", limited),
    ];

    let mut routes: Vec<(Method, String, String)> = agnes_server::router::table(1 << 20)
        .into_iter()
        .map(|route| {
            let scope = route.rule.scope.map_or("-", agnes_contract::token::Scope::as_str);
            (route.method, route.path, format!("{:?}/{scope}", route.rule.who))
        })
        .collect();
    routes.sort_by(|one, other| (&one.1, one.0.as_str()).cmp(&(&other.1, other.0.as_str())));
    let mut lines = vec![format!("{:62} {:18}", "route", "who/scope")];
    for (name, _) in &callers {
        lines[0].push_str(&format!(" {name:>7}"));
    }
    for (method, path, rule) in routes {
        let mut line = format!("{:62} {rule:18}", format!("{method} {path}"));
        let filled = filled(&method, &path, &digest);
        for (name, caller) in &callers {
            let status = status(caller, &method, &filled).await;
            assert!(status < 500, "{name}: {method} {filled} {status}");
            line.push_str(&format!(" {status:>7}"));
        }
        lines.push(line.trim_end().to_owned());
    }
    insta::assert_snapshot!("matrix", lines.join("\n"));
}
