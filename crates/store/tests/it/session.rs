//! Console sessions: memory first, disk behind it.

use agnes_store::SessionRow;
use chrono::{DateTime, Utc};

use crate::{Fixture, at};

fn session(id: &str, user: Option<&str>, created: i64) -> SessionRow {
    SessionRow {
        id_hash: id.to_owned(),
        user_id: user.map(str::to_owned),
        data: r#"{"a":1}"#.to_owned(),
        method: Some("password".to_owned()),
        device: Some("Firefox".to_owned()),
        address: Some("10.0.0.1".to_owned()),
        created_at: at(created),
        last_used_at: at(created),
        expires_at: at(86_400),
    }
}

fn last_use(fixture: &Fixture, id: &str) -> Option<DateTime<Utc>> {
    fixture.store.sessions().find(id).map(|row| row.last_used_at)
}

#[tokio::test]
async fn a_session_survives_a_restart_until_it_is_ended() {
    let fixture = Fixture::new();
    let rows = [session("a", Some("u"), 1), session("b", Some("u"), 2), session("c", Some("v"), 3)];
    for row in rows.clone() {
        assert!(fixture.store.sessions().save(row).await.unwrap());
    }
    let fixture = fixture.reopened().await;
    let sessions = fixture.store.sessions();
    assert_eq!(sessions.find("a").as_deref(), Some(&rows[0]));
    let theirs: Vec<_> = sessions.list_user("u").iter().map(|row| row.id_hash.clone()).collect();
    assert_eq!(theirs, ["b", "a"], "newest first");

    assert!(sessions.remove("a", at(10)).await.unwrap());
    assert!(!sessions.remove("a", at(10)).await.unwrap());
    assert!(sessions.find("a").is_none());
    assert_eq!(sessions.remove_user("v", at(10)).await.unwrap(), 1);
    let fixture = fixture.reopened().await;
    let sessions = fixture.store.sessions();
    assert!(sessions.find("a").is_none() && sessions.find("c").is_none() && sessions.find("b").is_some());
}

#[tokio::test]
async fn an_ended_session_is_not_brought_back_by_a_request_under_way() {
    let fixture = Fixture::new();
    let sessions = fixture.store.sessions();
    sessions.save(session("a", Some("u"), 1)).await.unwrap();
    sessions.remove("a", at(10)).await.unwrap();
    assert!(!sessions.save(session("a", Some("u"), 1)).await.unwrap());
    sessions.touch("a", at(11), at(90_000));
    assert!(sessions.find("a").is_none());
    let fixture = fixture.reopened().await;
    assert!(fixture.store.sessions().find("a").is_none());
}

#[tokio::test]
async fn a_use_is_seen_at_once_and_written_at_most_once_a_minute() {
    let fixture = Fixture::new();
    fixture.store.sessions().save(session("a", Some("u"), 0)).await.unwrap();
    fixture.store.sessions().touch("a", at(30), at(86_400));
    assert_eq!(last_use(&fixture, "a"), Some(at(30)));
    let fixture = fixture.reopened().await;
    assert_eq!(last_use(&fixture, "a"), Some(at(0)), "half a minute is not worth a write");
    fixture.store.sessions().touch("a", at(61), at(86_461));
    let fixture = fixture.reopened().await;
    assert_eq!(last_use(&fixture, "a"), Some(at(61)));
}

#[tokio::test]
async fn expired_sessions_go() {
    let fixture = Fixture::new();
    let mut row = session("a", Some("u"), 1);
    row.expires_at = at(-1);
    fixture.store.sessions().save(row.clone()).await.unwrap();
    fixture.store.sessions().save(SessionRow { id_hash: "b".to_owned(), ..row }).await.unwrap();
    fixture.store.sessions().save(session("c", None, 1)).await.unwrap();
    assert_eq!(fixture.store.sessions().remove_expired(at(0)).await.unwrap(), 2);
    assert!(fixture.store.sessions().find("c").is_some());
}
