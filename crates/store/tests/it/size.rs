//! A big organisation: a write costs what it touches, not what there is.

use std::time::Instant;

use agnes_store::Error;

use crate::{Fixture, grant, group, member, table, user};

#[tokio::test]
async fn a_grant_among_thousands_is_quick() {
    const TABLES: usize = 5_000;
    const USERS: usize = 2_000;
    const GROUPS: usize = 40;
    let fixture = Fixture::new();
    fill(&fixture, TABLES, USERS, GROUPS).await;
    let fixture =
        Fixture { store: crate::open(fixture.dir.path(), agnes_store::Clock::fixed(crate::at(0))), ..fixture };
    let directory = fixture.store.directory();
    assert_eq!((directory.tables().len(), directory.users().len()), (TABLES + 1, USERS + 1));
    assert_eq!(directory.grants().count(), TABLES * 4);

    let mut times = Vec::new();
    for n in 0..20 {
        let began = Instant::now();
        let row = grant(&format!("new{n}"), &format!("g{n}"), "no_such_table_yet");
        fixture.store.write(move |tx| tx.grants().insert(&row)).await.unwrap();
        times.push(began.elapsed());
    }
    times.sort();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    let began = Instant::now();
    fixture.store.write(|tx| tx.groups().remove("g0")).await.unwrap();
    let removed = began.elapsed();
    assert!(fixture.store.directory().members_of("g0").is_empty());
    let began = Instant::now();
    let tables: Vec<_> = (0..TABLES).map(|n| crate::publication::published(&format!("T{n}"), "a", n as u64)).collect();
    fixture.store.write(move |tx| tx.publications().publish(1, &tables, &[])).await.unwrap();
    let published = began.elapsed();
    assert_eq!(fixture.store.directory().published_tables().len(), TABLES);
    let began = Instant::now();
    let fixture = fixture.reopened().await;
    let opened = began.elapsed();
    assert_eq!(fixture.store.directory().granted_groups("table", "no_such_table_yet").len(), 19);
    // Not asserted: a busy machine is no failure.
    let text = format!(
        "a grant {median:?}, the slowest {slowest:?}, group removed {removed:?}, {TABLES} tables published {published:?}, closed and opened {opened:?}\n"
    );
    std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()).unwrap();
}

/// Rows in bulk, made by the database itself from one of each.
async fn fill(fixture: &Fixture, tables: usize, users: usize, groups: usize) {
    let write = move |tx: &mut agnes_store::Tx<'_>| {
        tx.tables().insert(&table("seed", "seed"))?;
        tx.users().insert(&user("seed", "seed@example.com"))?;
        tx.groups().insert(&group("seed", "seed"))?;
        tx.members().insert(&member("seed", "seed"))?;
        Ok::<_, Error>(())
    };
    fixture.store.write(write).await.unwrap();
    fixture.store.close().await.unwrap();
    let connection = duckdb::Connection::open(fixture.dir.path().join("state/system.duckdb")).unwrap();
    connection
        .execute_batch(&format!(
            "INSERT INTO table_registry SELECT table_registry.* REPLACE ('t' || i AS id, 'T' || i AS name)
               FROM table_registry, range({tables}) n(i) WHERE id = 'seed';
             INSERT INTO users SELECT users.* REPLACE ('u' || i AS id, 'u' || i || '@example.com' AS email)
               FROM users, range({users}) n(i) WHERE id = 'seed';
             INSERT INTO user_groups SELECT user_groups.* REPLACE ('g' || i AS id, 'Group ' || i AS name)
               FROM user_groups, range({groups}) n(i) WHERE id = 'seed';
             INSERT INTO user_group_members SELECT 'u' || i, 'g' || (i % {groups}), 'admin', NULL, NULL
               FROM range({users}) n(i);
             INSERT INTO resource_grants
             SELECT 'r' || t || '_' || g, 'g' || ((t + g) % {groups}), 'table', 't' || t, NULL, NULL
               FROM range({tables}) a(t), range(4) b(g);"
        ))
        .unwrap();
}
