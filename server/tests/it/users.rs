//! Accounts, and that there is always somebody who can administer.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_changed_and_removed() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let made = admin.post("/api/users", &json!({"email": " new@example.com ", "name": "New"})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    insta::assert_json_snapshot!(made.json, {".id" => "[id]", ".created_at" => "[time]", ".groups[].id" => "[id]"}, @r#"
    {
      "active": true,
      "created_at": "[time]",
      "deactivated_at": null,
      "email": "new@example.com",
      "groups": [
        {
          "id": "[id]",
          "is_system": true,
          "name": "Everyone"
        }
      ],
      "id": "[id]",
      "invite_email_sent": null,
      "invite_url": null,
      "is_admin": false,
      "name": "New",
      "role": "user"
    }
    "#);
    let id = made.json["id"].as_str().unwrap();
    let path = format!("/api/users/{id}");
    assert_eq!(admin.get(&path).await.json["email"], "new@example.com");
    let label = admin.patch(&path, &json!({"role": "analyst"})).await;
    assert_eq!((label.status, &label.json["role"]), (200, &json!("user")));
    let admin_now = admin.patch(&path, &json!({"role": "ADMIN"})).await;
    assert_eq!((&admin_now.json["is_admin"], &admin_now.json["role"]), (&json!(true), &json!("admin")));
    assert_eq!(admin.patch(&path, &json!({"role": null, "name": null})).await.json["is_admin"], true);
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!((admin.get(&path).await.code(), admin.delete(&path).await.status), ("user_not_found", 404));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_account_is_refused() {
    let app = TestApp::start().await;
    let cases = [
        (json!({"email": "analyst@example.com", "name": "Again"}), 409, "user_exists"),
        (json!({"email": "ANALYST@example.com", "name": "Again"}), 409, "user_exists"),
        (json!({"email": "no address", "name": "X"}), 400, "invalid_email"),
        (json!({"email": "a@x.com", "name": "X", "role": "king"}), 400, "invalid_name"),
        (json!({"email": "a@x.com"}), 422, "validation_failed"),
        (json!({"email": 5, "name": "X"}), 422, "validation_failed"),
    ];
    for (body, status, code) in cases {
        let answer = app.admin().post("/api/users", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.code() == code || status == 400, "{body}: {}", answer.text());
    }
    // The password's length is looked at before the account.
    let short = app.admin().post("/api/users/nobody/set-password", &json!({"password": "short"})).await;
    assert_eq!((short.status, &short.json["detail"]), (400, &json!("Password must be at least 8 characters")));
    let unknown = app.admin().post("/api/users/nobody/set-password", &json!({"password": "long enough"})).await;
    assert_eq!(unknown.code(), "user_not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let own = format!("/api/users/{}", app.admin_id);
    let groups = admin.get("/api/admin/groups").await.json;
    let group = groups.as_array().unwrap().iter().find(|group| group["name"] == "Admin").unwrap()["id"].clone();
    let membership = format!("/api/admin/groups/{}/members/{}", group.as_str().unwrap(), app.admin_id);
    let cases = [
        (admin.patch(&own, &json!({"role": "analyst"})).await, "last_admin", "admin"),
        (admin.patch(&own, &json!({"role": ""})).await, "last_admin", "admin"),
        (admin.patch(&own, &json!({"active": false})).await, "not_yourself", "yourself"),
        (admin.post_empty(&format!("{own}/deactivate")).await, "not_yourself", "yourself"),
        (admin.delete(&own).await, "not_yourself", "yourself"),
        (admin.delete(&membership).await, "last_admin", "last admin"),
    ];
    for (answer, code, word) in cases {
        assert_eq!((answer.status, answer.code()), (409, code), "{}", answer.text());
        assert!(answer.json["detail"].as_str().unwrap().to_lowercase().contains(word), "{}", answer.text());
    }
    assert_eq!(admin.get("/api/users").await.status, 200);
    // An admin who is switched off is nobody's last admin.
    let second = app.person("second@example.com", "admin").await;
    assert_eq!(admin.post_empty(&format!("/api/users/{second}/deactivate")).await.status, 200);
    assert_eq!(admin.delete(&format!("/api/users/{second}")).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_who_demote_each_other_at_once_do_not_both_succeed() {
    let app = TestApp::start().await;
    let second_id = app.person("second@example.com", "admin").await;
    let second = app.bearer(&app.token("second@example.com").await);
    let first = app.admin();
    let (first_path, second_path) = (format!("/api/users/{}", app.admin_id), format!("/api/users/{second_id}"));
    let demote = json!({"role": "analyst"});
    tokio::join!(first.patch(&second_path, &demote), second.patch(&first_path, &demote));
    let system = app.service().system_actor();
    let users = app.service().user_list(&system).await.unwrap();
    assert!(users.iter().any(|user| user.is_admin && user.active));
    // And by every other way at once.
    let app = TestApp::start().await;
    let second_id = app.person("second@example.com", "admin").await;
    let second = app.bearer(&app.token("second@example.com").await);
    let first = app.admin();
    let (first_path, second_path) = (format!("/api/users/{}", app.admin_id), format!("/api/users/{second_id}"));
    let path = format!("{first_path}/deactivate");
    tokio::join!(first.delete(&second_path), second.post_empty(&path));
    let system = app.service().system_actor();
    let users = app.service().user_list(&system).await.unwrap();
    assert!(users.iter().any(|user| user.is_admin && user.active));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_switched_off_is_refused_at_once_and_let_in_again() {
    let app = TestApp::start().await;
    let made = app.analyst().post("/auth/tokens", &json!({"name": "laptop"})).await;
    let token = app.bearer(made.json["token"].as_str().unwrap());
    let session = app.caller(crate::support::Credential::Cookie(app.session("analyst@example.com").await));
    let path = format!("/api/users/{}", app.analyst_id);
    for (switch, status) in [("deactivate", 401), ("activate", 200)] {
        assert_eq!(app.admin().post_empty(&format!("{path}/{switch}")).await.status, 200);
        // The session ended with the switch: who comes back signs in again.
        assert_eq!(session.get("/api/me").await.status, 401, "{switch}");
        for caller in [&app.analyst(), &token] {
            let answer = caller.get("/api/me").await;
            assert_eq!(answer.status, status, "{switch}");
            if status == 401 {
                assert_eq!(
                    (&answer.json["detail"], answer.code()),
                    (&json!("Account deactivated"), "account_deactivated")
                );
            }
        }
    }
    assert_eq!(app.admin().delete(&path).await.status, 204);
    for caller in [&app.analyst(), &token, &session] {
        assert_eq!(caller.get("/api/me").await.status, 401);
    }
    assert_eq!(app.analyst().get("/api/me").await.json["detail"], "User not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_what_was_signed_in_with_the_old_one() {
    let (clock, time) = agnes_store::Clock::manual();
    let app = crate::support::Setup::new().at(clock).start().await;
    time.advance(chrono::Duration::seconds(5));
    let path = format!("/api/users/{}/set-password", app.analyst_id);
    assert_eq!(app.admin().post(&path, &json!({"password": "another one"})).await.status, 204);
    assert_eq!(app.analyst().get("/api/me").await.code(), "invalid_token");
}
