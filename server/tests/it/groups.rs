//! Groups, members and grants.

use serde_json::json;

use crate::support::{Setup, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_group_goes_with_its_members_and_grants() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let id = app.group_of_analyst("Sales").await;
    let path = format!("/api/admin/groups/{id}");
    app.grant(&id, "orders").await;
    let group = admin.get(&path).await;
    insta::assert_json_snapshot!(group.json, {".id" => "[id]", ".created_at" => "[time]"}, @r#"
    {
      "created_at": "[time]",
      "created_by": "admin@example.com",
      "description": null,
      "grant_count": 1,
      "id": "[id]",
      "is_system": false,
      "member_count": 1,
      "name": "Sales",
      "origin": "admin"
    }
    "#);
    let members = admin.get(&format!("{path}/members")).await;
    insta::assert_json_snapshot!(members.json, {"[].user_id" => "[id]", "[].added_at" => "[time]"}, @r#"
    [
      {
        "active": true,
        "added_at": "[time]",
        "added_by": "admin@example.com",
        "email": "analyst@example.com",
        "name": "analyst",
        "source": "admin",
        "user_id": "[id]"
      }
    ]
    "#);
    assert_eq!(admin.patch(&path, &json!({"name": "Sellers"})).await.json["name"], "Sellers");
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.get(&path).await.code(), "group_not_found");
    assert_eq!(admin.get("/api/admin/grants").await.json, json!([]));
    let memberships = admin.get(&format!("/api/admin/users/{}/memberships", app.analyst_id)).await;
    assert!(!memberships.text().contains("Sellers"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_group_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let groups = admin.get("/api/admin/groups").await.json;
    let everyone = groups.as_array().unwrap().iter().find(|group| group["name"] == "Everyone").unwrap().clone();
    let path = format!("/api/admin/groups/{}", everyone["id"].as_str().unwrap());
    let id = app.group_of_analyst("Sales").await;
    let sales = format!("/api/admin/groups/{id}");
    let member = json!({"email": "analyst@example.com"});
    let cases = [
        ("blank", admin.post("/api/admin/groups", &json!({"name": " "})).await, 400, "blank"),
        ("taken", admin.post("/api/admin/groups", &json!({"name": "Sales"})).await, 409, "group_exists"),
        ("rename blank", admin.patch(&sales, &json!({"name": ""})).await, 400, "blank"),
        ("rename taken", admin.patch(&sales, &json!({"name": "Admin"})).await, 409, "group_exists"),
        ("system rename", admin.patch(&path, &json!({"name": "All"})).await, 409, "system_group"),
        ("system removal", admin.delete(&path).await, 409, "system_group"),
        ("member twice", admin.post(&format!("{sales}/members"), &member).await, 409, "already_member"),
        (
            "stranger",
            admin.post(&format!("{sales}/members"), &json!({"email": "x@x.com"})).await,
            404,
            "user_not_found",
        ),
        ("no group", admin.get("/api/admin/groups/none/members").await, 404, "group_not_found"),
        ("implicit", admin.delete(&format!("{path}/members/{}", app.analyst_id)).await, 404, "membership_not_found"),
    ];
    for (case, answer, status, code) in cases {
        assert_eq!((answer.status, answer.code()), (status, code), "{case}: {}", answer.text());
    }
    assert_eq!(admin.patch(&path, &json!({"description": "All of us"})).await.status, 200);
    let membership = format!("/api/admin/users/{}/memberships", app.analyst_id);
    let again = admin.post(&membership, &json!({"group_id": id})).await;
    assert_eq!((again.status, &again.json["detail"]), (409, &json!("Already a member")));
    assert_eq!(admin.delete(&format!("{membership}/{id}")).await.status, 204);
    assert_eq!(admin.delete(&format!("{membership}/{id}")).await.code(), "membership_not_found");
    assert_eq!(admin.post(&membership, &json!({"group_id": id})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_names_a_known_kind_of_resource() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let id = app.group_of_analyst("Sales").await;
    let grant = |kind: &str, resource: &str, group: &str| {
        let body = json!({"group_id": group, "resource_type": kind, "resource_id": resource});
        let admin = app.admin();
        async move { admin.post("/api/admin/grants", &body).await }
    };
    let made = grant("table", " orders ", &id).await;
    assert_eq!(
        (made.status, &made.json["resource_id"], &made.json["group_name"]),
        (201, &json!("orders"), &json!("Sales"))
    );
    let cases = [
        ("twice", grant("table", "orders", &id).await, 409, "grant_exists"),
        ("unknown kind", grant("planet", "mars", &id).await, 400, "unknown_resource_type"),
        ("blank", grant("table", "  ", &id).await, 400, "blank"),
        ("no group", grant("table", "x", "none").await, 404, "group_not_found"),
        ("no grant", admin.delete("/api/admin/grants/none").await, 404, "grant_not_found"),
        ("filter", admin.get("/api/admin/grants?resource_type=planet").await, 400, "unknown_resource_type"),
    ];
    for (case, answer, status, code) in cases {
        assert_eq!((answer.status, answer.code()), (status, code), "{case}: {}", answer.text());
    }
    let access = app.analyst().get("/api/me/effective-access").await;
    assert_eq!(access.json["items"][0]["resource_id"], "orders", "{}", access.text());
    let same = admin.get(&format!("/api/admin/users/{}/effective-access", app.analyst_id)).await;
    assert_eq!(same.json, access.json);
    assert_eq!(admin.get("/api/me/effective-access").await.json, json!({"is_admin": true, "items": []}));
}

#[tokio::test(flavor = "multi_thread")]
async fn table_grants_can_be_switched_off() {
    let app = Setup::new().with("AGNES_ENABLE_TABLE_GRANTS", "0").start().await;
    let id = app.group_of_analyst("Sales").await;
    let body = json!({"group_id": id, "resource_type": "table", "resource_id": "orders"});
    let refused = app.admin().post("/api/admin/grants", &body).await;
    assert_eq!((refused.status, refused.code()), (422, "resource_type_disabled"));
    assert!(refused.json["detail"].as_str().unwrap().contains("AGNES_ENABLE_TABLE_GRANTS"));
    let keys = |answer: &crate::support::Answer| answer.text().matches("\"table\"").count();
    assert_eq!(keys(&app.admin().get("/api/admin/resource-types").await), 0);
    let overview = app.admin().get("/api/admin/access-overview").await.json;
    assert_eq!(overview["resources"].as_array().map(Vec::len), Some(1), "{overview}");

    let app = TestApp::start().await;
    app.csv_table("orders", "id\n1\n", false).await;
    let overview = app.admin().get("/api/admin/access-overview").await.json;
    let tables = overview["resources"].as_array().unwrap().iter().find(|kind| kind["type_key"] == "table").unwrap();
    assert_eq!(
        (&tables["blocks"][0]["id"], &tables["blocks"][0]["items"][0]["resource_id"]),
        (&json!("(no bucket)"), &json!("orders"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_see_people_groups_and_grants() {
    let app = TestApp::start().await;
    for path in ["/api/users", "/api/users/x", "/api/admin/groups", "/api/admin/groups/x", "/api/admin/grants"] {
        let refused = app.analyst().get(path).await;
        assert_eq!((refused.status, &refused.json["detail"]), (403, &json!("Admin access required")), "{path}");
        assert_eq!(app.anonymous().get(path).await.status, 401, "{path}");
    }
}
