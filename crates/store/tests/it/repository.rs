//! What goes into a repository comes out of it.

use agnes_store::{AuditEntry, AuditFilter, Error, LinkRow, PermissionRow, Tx, UserRow};
use chrono::TimeDelta;
use serde_json::json;

use crate::{Fixture, at, grant, group, member, table, token, user};

async fn check(use_case: impl FnOnce(&mut Tx<'_>) -> Result<(), Error> + Send + 'static) {
    Fixture::new().store.write(use_case).await.unwrap();
}

#[tokio::test]
async fn users_come_back_as_they_were() {
    check(|tx| {
        let row = UserRow {
            password_hash: None,
            deactivated_at: Some(at(7)),
            deactivated_by: Some("u0".to_owned()),
            active: false,
            signed_in_at: Some(at(8)),
            tokens_valid_from: Some(at(9)),
            ..user("u", "Ada@Example.com")
        };
        tx.users().insert(&row)?;
        assert_eq!(tx.users().find("u")?.as_ref(), Some(&row));
        assert_eq!(tx.users().find_by_email("Ada@Example.com")?.as_ref(), Some(&row));
        assert_eq!(tx.users().find_by_email("ada@example.com")?, None);
        assert_eq!(tx.users().find_by_email_ignoring_case("ada@EXAMPLE.com")?.as_ref(), Some(&row));
        assert!(!tx.users().mark_signed_in("u", at(20))?, "the first sign-in is kept");

        let changed = UserRow { name: None, active: true, tokens_valid_from: None, ..row };
        tx.users().update(&changed)?;
        assert_eq!(tx.users().list()?, [changed]);
        tx.users().insert(&user("v", "v@example.com"))?;
        assert!(tx.users().mark_signed_in("v", at(20))?);
        assert_eq!(tx.users().find("v")?.and_then(|row| row.signed_in_at), Some(at(20)));

        let taken = tx.users().update(&user("v", "Ada@Example.com"));
        assert!(matches!(taken, Err(Error::Duplicate { what: "user" })));
        assert!(matches!(tx.users().insert(&user("v", "w@example.com")), Err(Error::Duplicate { .. })));
        assert!(matches!(tx.users().update(&user("x", "x@example.com")), Err(Error::Missing { what: "user" })));
        assert!(tx.users().remove("u")? && !tx.users().remove("u")?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn removing_a_user_takes_what_was_theirs() {
    check(|tx| {
        tx.users().insert(&user("u", "u@example.com"))?;
        tx.groups().insert(&group("g", "Sales"))?;
        tx.members().insert(&member("u", "g"))?;
        tx.permissions().upsert(&PermissionRow {
            user_id: "u".to_owned(),
            dataset: "orders".to_owned(),
            access: "read".to_owned(),
        })?;
        tx.tokens().insert(&token("t", "u", 1))?;
        tx.users().remove("u")?;
        assert!(tx.members().list_group("g")?.is_empty() && tx.permissions().list()?.is_empty());
        assert!(tx.tokens().find("t")?.is_some(), "the list of tokens still shows it");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn groups_members_and_grants_keep_their_invariants() {
    check(|tx| {
        let row = group("g", "Sales");
        tx.groups().insert(&row)?;
        assert_eq!(tx.groups().find("g")?.as_ref(), Some(&row));
        assert_eq!(tx.groups().find_by_name("Sales")?.as_ref(), Some(&row));
        assert!(matches!(tx.groups().insert(&group("h", "Sales")), Err(Error::Duplicate { what: "group" })));
        assert!(matches!(tx.groups().update(&group("g", "Admin")), Err(Error::Duplicate { what: "group" })));

        tx.users().insert(&user("u", "u@example.com"))?;
        assert!(tx.members().insert(&member("u", "g"))?);
        let again = agnes_store::MemberRow { source: "google_sync".to_owned(), ..member("u", "g") };
        assert!(!tx.members().insert(&again)?, "an existing pair is a silent no-op");
        assert_eq!(tx.members().find("u", "g")?, Some(member("u", "g")), "that keeps the first row");
        assert!(matches!(tx.members().insert(&member("u", "nowhere")), Err(Error::Missing { what: "group" })));

        let right = grant("r", "g", "orders");
        tx.grants().insert(&right)?;
        assert_eq!(tx.grants().find_same("g", "table", "orders")?.as_ref(), Some(&right));
        assert!(matches!(tx.grants().insert(&grant("r2", "g", "orders")), Err(Error::Duplicate { what: "grant" })));

        tx.groups().update(&group("g", "Renamed"))?;
        assert_eq!(tx.members().list_user("u")?.len(), 1);
        assert!(tx.groups().remove("g")?);
        assert!(tx.members().list_user("u")?.is_empty() && tx.grants().list()?.is_empty());
        assert!(!tx.members().remove("u", "g")? && tx.grants().remove("r")?.is_none());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn permissions_are_given_changed_and_taken() {
    check(|tx| {
        let row = |access: &str| PermissionRow {
            user_id: "u".to_owned(),
            dataset: "orders".to_owned(),
            access: access.to_owned(),
        };
        tx.permissions().upsert(&row("read"))?;
        tx.permissions().upsert(&row("none"))?;
        assert_eq!(tx.permissions().list()?, [row("none")]);
        assert!(tx.permissions().remove("u", "orders")? && !tx.permissions().remove("u", "orders")?);
        tx.permissions().upsert(&row("read"))?;
        assert_eq!(tx.permissions().remove_dataset("orders")?, 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn tables_come_back_and_share_one_space_of_ids_and_names() {
    check(|tx| {
        let row = table("web_visits", "Web Visits");
        tx.tables().insert(&row)?;
        assert_eq!(tx.tables().find("web_visits")?.as_ref(), Some(&row));
        assert_eq!(tx.tables().find_by_name_ignoring_case("WEB visits")?.as_ref(), Some(&row));
        for (id, name) in [("web_visits", "x"), ("WEB_VISITS", "x"), ("x", "WEB VISITS"), ("x", "web_visits")] {
            let clash = tx.tables().insert(&table(id, name));
            assert!(matches!(clash, Err(Error::Duplicate { what: "table" })), "{id} {name}");
        }
        let mut changed = table("web_visits", "web VISITS");
        changed.primary_key = None;
        changed.description = None;
        changed.is_public = true;
        tx.tables().update(&changed)?;
        changed.registered_by = row.registered_by.clone();
        assert_eq!(tx.tables().list()?, [changed]);
        let mut other = row;
        other.registered_by = Some("somebody@else".to_owned());
        tx.tables().update(&other)?;
        let kept = tx.tables().find("web_visits")?.and_then(|row| row.registered_by);
        assert_eq!(kept.as_deref(), Some("admin@example.com"), "who registered it stays");
        assert!(tx.tables().remove("web_visits")?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn tokens_are_revoked_once_and_for_good() {
    check(|tx| {
        let row = token("t", "u", 1);
        tx.tokens().insert(&row)?;
        tx.tokens().insert(&token("t2", "u", 2))?;
        assert_eq!(tx.tokens().find("t")?.as_ref(), Some(&row));
        assert!(tx.tokens().revoke("t", at(10))? && tx.tokens().revoke("t", at(20))?);
        assert!(!tx.tokens().revoke("t9", at(20))?);
        assert_eq!(tx.tokens().revoke_user("u", at(30))?, 1);
        tx.tokens().touch("t", at(40), Some("::1"))?;
        tx.tokens().touch("t", at(50), None)?;
        let revoked = tx.tokens().find("t")?.expect("it is there");
        assert_eq!((revoked.revoked_at, revoked.last_used_at), (Some(at(10)), Some(at(50))));
        assert_eq!(revoked.last_used_ip.as_deref(), Some("::1"), "an unknown address is no address");
        let ids: Vec<_> = tx.tokens().list()?.into_iter().map(|row| row.id).collect();
        assert_eq!(ids, ["t2", "t"]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_link_works_once_in_time_and_for_its_purpose() {
    check(|tx| {
        let link = |hash: &str| LinkRow {
            token_hash: hash.to_owned(),
            user_id: "u".to_owned(),
            purpose: "sign_in".to_owned(),
            created_at: at(0),
            expires_at: at(60),
            used_at: None,
        };
        tx.links().insert(&link("a"))?;
        tx.links().insert(&link("b"))?;
        assert!(matches!(tx.links().insert(&link("b")), Err(Error::Duplicate { what: "link" })));
        assert_eq!(tx.links().consume("a", "reset", at(1))?, None, "another purpose");
        assert_eq!(tx.links().consume("x", "sign_in", at(1))?, None, "unknown");
        assert_eq!(tx.links().consume("b", "sign_in", at(60))?, None, "too late");
        assert_eq!(tx.links().consume("a", "sign_in", at(1))?.as_deref(), Some("u"));
        assert_eq!(tx.links().consume("a", "sign_in", at(1))?, None, "used");
        assert_eq!(tx.links().remove_user("u")?, 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn links_long_useless_are_dropped() {
    let fixture = Fixture::new();
    let link = |hash: &str, day: i64| LinkRow {
        token_hash: hash.to_owned(),
        user_id: "u".to_owned(),
        purpose: "sign_in".to_owned(),
        created_at: at(day * 86_400),
        expires_at: at(day * 86_400 + 3_600),
        used_at: None,
    };
    let (first, second) = (link("a", 0), link("b", 8));
    fixture.store.write(move |tx| tx.links().insert(&first)).await.unwrap();
    fixture.clock.advance(TimeDelta::days(8));
    fixture.store.write(move |tx| tx.links().insert(&second)).await.unwrap();
    assert_eq!(fixture.store.write(|tx| tx.links().remove_user("u")).await.unwrap(), 1);
}

#[tokio::test]
async fn the_audit_log_is_read_back_newest_first_and_filtered() {
    let fixture = Fixture::new();
    for (n, action) in ["user.create", "user.delete", "user.create"].into_iter().enumerate() {
        fixture.clock.advance(TimeDelta::seconds(1));
        let entry = AuditEntry::new(action).by("u").on(format!("user:{n}")).with(json!({"email": "a\"b"})).result("ok");
        fixture.store.write(move |tx| tx.audit().record(entry)).await.unwrap();
    }
    let all = fixture.store.read(|reader| reader.audit(10, &AuditFilter::default())).await.unwrap();
    let order: Vec<_> = all.iter().map(|row| (row.resource.clone().unwrap(), row.timestamp)).collect();
    assert_eq!(order, [("user:2".to_owned(), at(3)), ("user:1".to_owned(), at(2)), ("user:0".to_owned(), at(1))]);
    assert_eq!(all[0].params, Some(json!({"email": "a\"b"})));
    let filter = AuditFilter { action: Some("user.create".to_owned()), ..AuditFilter::default() };
    let created = fixture.store.read(move |reader| reader.audit(1, &filter)).await.unwrap();
    assert_eq!(created.len(), 1);
    assert_eq!(created[0].resource.as_deref(), Some("user:2"));
}
