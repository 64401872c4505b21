//! The directory answers from memory what the database holds.

use agnes_store::{Error, PermissionRow, Store, Tx};

use crate::{Fixture, grant, group, member, table, token, user};

type Change = fn(&mut Tx<'_>) -> Result<(), Error>;

fn names<'r, R: 'r>(rows: impl IntoIterator<Item = &'r R>, name: impl Fn(&R) -> &str) -> Vec<String> {
    rows.into_iter().map(|row| name(row).to_owned()).collect()
}

async fn filled() -> Fixture {
    let fixture = Fixture::new();
    fixture
        .store
        .write(|tx| {
            let admin = tx.groups().find_by_name("Admin")?.map(|group| group.id).unwrap_or_default();
            for (id, email) in [("u1", "zoe@example.com"), ("u2", "Bob@example.com"), ("u3", "ada@example.com")] {
                tx.users().insert(&user(id, email))?;
            }
            for (id, name) in [("g1", "Sales"), ("g2", "Finance")] {
                tx.groups().insert(&group(id, name))?;
            }
            for (who, which) in [("u1", admin.as_str()), ("u1", "g1"), ("u2", "g1"), ("u3", "g2")] {
                tx.members().insert(&member(who, which))?;
            }
            for (id, name) in [("orders", "Orders"), ("web_visits", "Web Visits")] {
                tx.tables().insert(&table(id, name))?;
            }
            for (id, which, resource) in [("r1", "g1", "orders"), ("r2", "g2", "orders"), ("r3", "g1", "web_visits")] {
                tx.grants().insert(&grant(id, which, resource))?;
            }
            for (id, owner, created) in [("t1", "u1", 1), ("t2", "u2", 2), ("t3", "u1", 3)] {
                tx.tokens().insert(&token(id, owner, created))?;
            }
            tx.permissions().upsert(&PermissionRow {
                user_id: "u3".to_owned(),
                dataset: "shop.*".to_owned(),
                access: "read".to_owned(),
            })
        })
        .await
        .unwrap();
    fixture
}

/// Everything it says, so that two can be compared.
fn said(store: &Store) -> String {
    let directory = store.directory();
    let mut text = String::new();
    for user in directory.users() {
        text += &format!(
            "{user:?} admin={} {:?} {:?} {:?}\n",
            directory.is_admin(&user.id),
            directory.memberships_of(&user.id),
            directory.permissions_of(&user.id),
            directory.tokens_of(&user.id)
        );
    }
    for group in directory.groups() {
        text += &format!("{group:?} {:?} {:?}\n", directory.members_of(&group.id), directory.grants_of(&group.id));
    }
    for table in directory.tables() {
        text += &format!("{table:?} {:?}\n", directory.granted_groups("table", &table.id));
    }
    text + &format!("{:?} {:?}", directory.tokens(), directory.published_tables())
}

#[tokio::test]
async fn it_answers_in_the_orders_it_promises() {
    let fixture = filled().await;
    let directory = fixture.store.directory();
    assert_eq!(names(directory.users(), |user| &user.email), ["Bob@example.com", "ada@example.com", "zoe@example.com"]);
    assert_eq!(names(directory.groups(), |group| &group.name), ["Admin", "Everyone", "Finance", "Sales"]);
    assert_eq!(names(directory.tables(), |table| &table.name), ["Orders", "Web Visits"]);
    assert_eq!(names(directory.members_of("g1"), |member| &member.user_id), ["u1", "u2"]);
    assert_eq!(names(directory.grants_of("g1"), |grant| &grant.resource_id), ["orders", "web_visits"]);
    assert_eq!(names(directory.granted_groups("table", "orders"), |grant| &grant.group_id), ["g1", "g2"]);
    assert_eq!(names(directory.tokens_of("u1"), |token| &token.id), ["t3", "t1"]);
    assert_eq!(names(directory.tokens(), |token| &token.id), ["t3", "t2", "t1"]);
    assert_eq!(names(directory.permissions_on("shop.*"), |row| &row.user_id), ["u3"]);
    assert_eq!(directory.grants().count(), 3);
    assert!(directory.granted_groups("marketplace_plugin", "orders").is_empty());
}

#[tokio::test]
async fn it_finds_people_and_tables_the_ways_they_are_asked_for() {
    let fixture = filled().await;
    let directory = fixture.store.directory();
    assert!(directory.user_by_email("bob@example.com").is_none(), "addresses are compared byte for byte");
    assert_eq!(directory.user_by_email("Bob@example.com").map(|user| user.id.as_str()), Some("u2"));
    assert_eq!(directory.users_by_email_ignoring_case("BOB@example.com").len(), 1);
    for key in ["web_visits", "Web Visits", "WEB VISITS"] {
        assert_eq!(directory.resolve_table(key).map(|table| table.id.as_str()), Some("web_visits"), "{key}");
    }
    for key in ["WEB_VISITS", "web visits"] {
        assert_eq!(directory.tables_meant_by(key).len(), 1, "{key}");
    }
    assert!(directory.resolve_table("visits").is_none() && directory.tables_meant_by("visits").is_empty());
    assert!(directory.token("t2").is_some() && directory.token("t9").is_none());
}

#[tokio::test]
async fn who_administers_follows_the_group_and_counts_the_active() {
    let fixture = filled().await;
    let directory = fixture.store.directory();
    assert!(directory.is_admin("u1") && !directory.is_admin("u2") && !directory.is_admin("nobody"));
    assert_eq!(directory.active_admin_count(), 1);
    let mut row = directory.user("u1").unwrap().as_ref().clone();
    row.active = false;
    let inside = fixture
        .store
        .write(move |tx| {
            tx.users().update(&row)?;
            tx.members().active_admin_count()
        })
        .await
        .unwrap();
    assert_eq!((inside, fixture.store.directory().active_admin_count()), (0, 0));
}

#[tokio::test]
async fn it_says_the_same_after_changes_as_after_reopening() {
    let fixture = filled().await;
    let changes: Vec<Change> = vec![
        |tx| tx.groups().remove("g1").map(drop),
        |tx| tx.users().remove("u3").map(drop),
        |tx| tx.members().insert(&member("u2", "g2")).map(drop),
        |tx| tx.grants().insert(&grant("r4", "g2", "web_visits")),
        |tx| tx.grants().remove_resource("table", "orders").map(drop),
        |tx| tx.tables().remove("orders").map(drop),
        |tx| tx.tokens().revoke("t1", tx.now()).map(drop),
        |tx| tx.tables().update(&table("web_visits", "Visits")),
        |tx| tx.users().update(&user("u2", "renamed@example.com")),
        |tx| tx.permissions().remove_user("u2").map(drop),
    ];
    let mut fixture = fixture;
    for change in changes {
        let generation = fixture.store.directory().access_generation();
        fixture.store.write(change).await.unwrap();
        assert!(fixture.store.directory().access_generation() >= generation);
        let before = said(&fixture.store);
        fixture = fixture.reopened().await;
        assert_eq!(said(&fixture.store), before);
    }
    let directory = fixture.store.directory();
    assert!(directory.members_of("g1").is_empty() && directory.memberships_of("u3").is_empty());
    assert!(directory.table_by_name("web visits").is_none() && directory.table_by_name("VISITS").is_some());
    assert!(directory.user_by_email("Bob@example.com").is_none());
}

#[tokio::test]
async fn rights_have_a_generation_and_last_uses_do_not_move_it() {
    let fixture = filled().await;
    let before = fixture.store.directory().access_generation();
    fixture.store.write(|tx| tx.grants().remove("r1")).await.unwrap();
    assert_eq!(fixture.store.directory().access_generation(), before + 1);
    let held = fixture.store.directory();
    fixture.store.write_volatile(|tx| tx.tokens().touch("t1", tx.now(), Some("10.0.0.1"))).await.unwrap();
    let directory = fixture.store.directory();
    assert_eq!(directory.access_generation(), before + 1);
    assert_eq!(directory.token("t1").unwrap().last_used_ip.as_deref(), Some("10.0.0.1"));
    assert!(held.token("t1").unwrap().last_used_at.is_none(), "a snapshot does not change under its holder");
}
