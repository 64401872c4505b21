//! What an admin grants counts from the next request, and is gone with the next one.

use crate::support::{Caller, Credential, TestApp};

/// What a caller sees of the table: catalog, manifest, download, query, v2, object.
async fn seen(caller: &Caller, digest: &str) -> Vec<String> {
    let names = |answer: &crate::support::Answer, key: &str| match &answer.json[key] {
        serde_json::Value::Array(tables) => tables
            .iter()
            .map(|table| table["name"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
            .join(","),
        serde_json::Value::Object(tables) => tables.keys().cloned().collect::<Vec<_>>().join(","),
        _ => String::new(),
    };
    let catalog = caller.get("/api/catalog/tables").await;
    let manifest = caller.get("/api/sync/manifest").await;
    let v2 = caller.get("/api/v2/catalog").await;
    vec![
        format!("catalog {}", names(&catalog, "tables")),
        format!("v2 {}", names(&v2, "tables")),
        format!("manifest {}", names(&manifest, "tables")),
        format!("download {}", caller.get("/api/data/orders/download").await.status),
        format!("object {}", caller.get(&format!("/api/objects/{digest}")).await.status),
        format!("detail {}", caller.get("/api/catalog/tables/orders").await.status),
        format!("schema {}", caller.get("/api/v2/schema/orders").await.status),
        format!("query {}", caller.query("SELECT count(*) FROM orders").await.status),
    ]
}

const NOTHING: [&str; 8] =
    ["catalog ", "v2 ", "manifest ", "download 403", "object 404", "detail 403", "schema 403", "query 403"];
const ORDERS: [&str; 8] = [
    "catalog orders",
    "v2 orders",
    "manifest orders",
    "download 200",
    "object 200",
    "detail 200",
    "schema 200",
    "query 200",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_counts_from_the_next_request_and_a_revocation_too() {
    let app = TestApp::start().await;
    app.csv_table("orders", "id,total\n1,10.5\n2,20.0\n", false).await;
    app.csv_table("salaries", "who,much\na,1\n", false).await;
    assert_eq!(app.sync().await["state"], "done");
    let digest =
        app.admin().get("/api/sync/manifest").await.json["tables"]["orders"]["digest"].as_str().unwrap().to_owned();
    // Proofs made before anything was granted.
    let token = app.analyst();
    let session = app.caller(Credential::Cookie(app.session("analyst@example.com").await));
    let group = app.group_of_analyst("Sales").await;
    for caller in [&token, &session] {
        assert_eq!(seen(caller, &digest).await, NOTHING);
    }

    let grant = app.grant(&group, "orders").await;
    for caller in [&token, &session] {
        assert_eq!(seen(caller, &digest).await, ORDERS);
    }

    assert_eq!(app.admin().delete(&format!("/api/admin/grants/{grant}")).await.status, 204);
    for caller in [&token, &session] {
        assert_eq!(seen(caller, &digest).await, NOTHING);
    }

    // The same through membership.
    app.grant(&group, "orders").await;
    assert_eq!(seen(&token, &digest).await, ORDERS);
    let member = format!("/api/admin/groups/{group}/members/{}", app.analyst_id);
    assert_eq!(app.admin().delete(&member).await.status, 204);
    assert_eq!(seen(&token, &digest).await, NOTHING);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_public_as_long_as_it_says_so() {
    let app = TestApp::start().await;
    app.csv_table("holidays", "day\n2026-01-01\n", true).await;
    app.sync().await;
    assert_eq!(app.analyst().query("SELECT * FROM holidays").await.status, 200);
    let change = serde_json::json!({"is_public": false});
    assert_eq!(app.admin().put("/api/admin/registry/holidays", &change).await.status, 200);
    let refused = app.analyst().query("SELECT * FROM holidays").await;
    assert_eq!((refused.status, refused.code()), (403, "table_forbidden"));
    assert_eq!(app.admin().query("SELECT * FROM holidays").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_group_admin_reads_no_private_table_any_more() {
    let app = TestApp::start().await;
    app.csv_table("salaries", "who,much\na,1\n", false).await;
    app.sync().await;
    let second = app.person("second@example.com", "admin").await;
    let token = app.bearer(&app.token("second@example.com").await);
    assert_eq!(token.query("SELECT * FROM salaries").await.status, 200);
    let demoted = app.admin().patch(&format!("/api/users/{second}"), &serde_json::json!({"role": "analyst"})).await;
    assert_eq!((demoted.status, &demoted.json["role"]), (200, &"user".into()));
    assert_eq!(token.query("SELECT * FROM salaries").await.status, 403);
    assert_eq!(token.get("/api/sync/manifest").await.json["tables"], serde_json::json!({}));
    assert_eq!(token.get("/api/users").await.status, 403);
}
