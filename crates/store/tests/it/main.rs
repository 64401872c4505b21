//! The store as its callers meet it: a real directory, a real writer.
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

mod crash;
mod directory;
mod open;
mod publication;
mod repository;
mod session;
mod size;
mod transaction;

use std::path::Path;

use agnes_store::{Clock, GrantRow, GroupRow, ManualClock, MemberRow, Options, Store, TableRow, TokenRow, UserRow};
use chrono::{DateTime, Utc};

/// A store in a directory of its own, and the hand of its clock.
struct Fixture {
    dir: tempfile::TempDir,
    store: Store,
    clock: ManualClock,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, hand) = Clock::manual();
        hand.set(at(0));
        let store = open(dir.path(), clock);
        Self { dir, store, clock: hand }
    }

    /// Closes it and opens it again.
    async fn reopened(self) -> Self {
        self.store.close().await.unwrap();
        let (clock, hand) = Clock::manual();
        hand.set(at(0));
        let store = open(self.dir.path(), clock);
        Self { dir: self.dir, store, clock: hand }
    }
}

fn options(data_dir: &Path, clock: Clock) -> Options {
    Options { state_dir: data_dir.join("state"), clock, memory_limit_mb: 256 }
}

fn open(data_dir: &Path, clock: Clock) -> Store {
    Store::open(options(data_dir, clock)).unwrap()
}

/// Seconds after noon on a day in 2026.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400 + seconds, 123_456_000).unwrap()
}

fn user(id: &str, email: &str) -> UserRow {
    UserRow {
        id: id.to_owned(),
        email: email.to_owned(),
        name: Some("Ada".to_owned()),
        role: Some("analyst".to_owned()),
        password_hash: Some("$argon2id$x".to_owned()),
        active: true,
        deactivated_at: None,
        deactivated_by: None,
        created_at: Some(at(1)),
        updated_at: None,
        signed_in_at: None,
        tokens_valid_from: None,
    }
}

fn group(id: &str, name: &str) -> GroupRow {
    GroupRow {
        id: id.to_owned(),
        name: name.to_owned(),
        description: Some("Why".to_owned()),
        is_system: false,
        created_at: Some(at(2)),
        created_by: Some("admin@example.com".to_owned()),
    }
}

fn member(user_id: &str, group_id: &str) -> MemberRow {
    MemberRow {
        user_id: user_id.to_owned(),
        group_id: group_id.to_owned(),
        source: "admin".to_owned(),
        added_at: Some(at(3)),
        added_by: None,
    }
}

fn grant(id: &str, group_id: &str, table: &str) -> GrantRow {
    GrantRow {
        id: id.to_owned(),
        group_id: group_id.to_owned(),
        resource_type: "table".to_owned(),
        resource_id: table.to_owned(),
        assigned_at: Some(at(4)),
        assigned_by: Some("admin@example.com".to_owned()),
    }
}

fn table(id: &str, name: &str) -> TableRow {
    TableRow {
        id: id.to_owned(),
        name: name.to_owned(),
        source_type: Some("csv".to_owned()),
        bucket: Some("shop".to_owned()),
        source_table: Some("orders.csv".to_owned()),
        sync_strategy: Some("full_refresh".to_owned()),
        query_mode: Some("local".to_owned()),
        sync_schedule: None,
        profile_after_sync: true,
        primary_key: Some(vec!["id".to_owned(), "line no".to_owned()]),
        folder: None,
        description: Some("It's \"quoted\", with ünïcode".to_owned()),
        registered_by: Some("admin@example.com".to_owned()),
        is_public: false,
        registered_at: Some(at(5)),
    }
}

fn token(id: &str, user_id: &str, created: i64) -> TokenRow {
    TokenRow {
        id: id.to_owned(),
        user_id: user_id.to_owned(),
        name: "laptop".to_owned(),
        token_hash: "ab".repeat(32),
        prefix: "01234567".to_owned(),
        scopes: Some("sync query".to_owned()),
        created_at: at(created),
        expires_at: None,
        last_used_at: None,
        last_used_ip: None,
        revoked_at: None,
    }
}
