//! Publications: one generation after another, and what old tools read of them.

use agnes_store::{AttemptRow, ColumnRow, Error, PartRow, PublishedRow};
use chrono::TimeDelta;
use duckdb::Connection;

use crate::{Fixture, at};

pub(crate) fn published(name: &str, digest: &str, rows: u64) -> PublishedRow {
    let part = PartRow { digest: digest.repeat(64), md5: digest.repeat(32), size_bytes: rows * 10, rows };
    PublishedRow {
        name: name.to_owned(),
        source: "shop".to_owned(),
        query_mode: "local".to_owned(),
        digest: digest.repeat(64),
        rows,
        size_bytes: rows * 10,
        parts: vec![part],
        columns: vec![ColumnRow { name: "it's".to_owned(), data_type: "DECIMAL(10,2)".to_owned(), nullable: true }],
        extracted_at: Some(at(0)),
        published_at: at(1),
        first_generation: 0,
        last_generation: None,
    }
}

fn attempt(name: &str, error: Option<&str>, duration_ms: Option<u64>) -> AttemptRow {
    AttemptRow {
        table_name: name.to_owned(),
        source: "shop".to_owned(),
        state: if error.is_some() { "error" } else { "ok" }.to_owned(),
        error: error.map(str::to_owned),
        rows: 5,
        bytes: 50,
        bad_rows: 1,
        duration_ms,
        attempted_at: at(2),
        succeeded_at: error.is_none().then(|| at(2)),
    }
}

#[tokio::test]
async fn a_publication_is_seen_counted_and_kept() {
    let fixture = Fixture::new();
    fixture
        .store
        .write(|tx| tx.publications().publish(1, &[published("Orders", "a", 5), published("visits", "b", 7)], &[]))
        .await
        .unwrap();
    let fixture = fixture.reopened().await;
    let directory = fixture.store.directory();
    assert_eq!(directory.publication_generation(), 1);
    let orders = directory.published("ORDERS").unwrap();
    assert_eq!(orders.as_ref(), &PublishedRow { first_generation: 1, ..published("Orders", "a", 5) });
    assert_eq!(directory.published_tables().len(), 2);
}

#[tokio::test]
async fn a_replaced_or_removed_table_stays_on_record() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    store
        .write(|tx| tx.publications().publish(1, &[published("orders", "a", 5), published("visits", "b", 7)], &[]))
        .await
        .unwrap();
    store.write(|tx| tx.publications().publish(2, &[published("ORDERS", "c", 6)], &[])).await.unwrap();
    store.write(|tx| tx.publications().publish(3, &[], &["Visits".to_owned()])).await.unwrap();
    let directory = store.directory();
    assert_eq!(directory.publication_generation(), 3);
    assert_eq!(directory.published("orders").map(|row| (row.rows, row.first_generation)), Some((6, 2)));
    assert!(directory.published("visits").is_none());

    store.close().await.unwrap();
    let connection = Connection::open(fixture.dir.path().join("state/system.duckdb")).unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let spans = "
        SELECT name || ' ' || first_generation || '-' || coalesce(last_generation::VARCHAR, '')
          FROM agnes_tables ORDER BY first_generation, name";
    assert_eq!(list(spans), ["orders 1-1", "visits 1-2", "ORDERS 2-"]);
    assert_eq!(
        list("SELECT table_id || ' ' || hash || ' ' || rows FROM sync_state ORDER BY 1"),
        [format!("ORDERS {} 6", "c".repeat(32))]
    );
    assert_eq!(list("SELECT view_name || ' ' || source_name FROM view_ownership ORDER BY 1"), ["ORDERS shop"]);
}

#[tokio::test]
async fn a_plan_made_for_another_generation_is_refused() {
    let fixture = Fixture::new();
    for generation in [0, 2] {
        let outcome = fixture.store.write(move |tx| tx.publications().publish(generation, &[], &[])).await;
        assert!(matches!(outcome, Err(Error::StaleGeneration { next: 1, .. })), "{outcome:?}");
    }
    fixture
        .store
        .write(|tx| {
            assert_eq!(tx.publications().next_generation()?, 1);
            tx.publications().publish(1, &[], &[])
        })
        .await
        .unwrap();
    assert_eq!(fixture.store.directory().publication_generation(), 1);
}

#[tokio::test]
async fn old_tools_see_who_owns_a_name_and_how_the_last_sync_went() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    store.write(|tx| tx.publications().publish(1, &[published("orders", "a", 5)], &[])).await.unwrap();
    fixture.clock.advance(TimeDelta::seconds(60));
    let remote = PublishedRow { parts: Vec::new(), source: "other".to_owned(), ..published("orders", "b", 0) };
    let failed = AttemptRow { source: "other".to_owned(), ..attempt("orders", Some("no such file"), Some(7)) };
    store
        .write(move |tx| {
            tx.publications().publish(2, &[remote], &[])?;
            tx.publications().record_attempts(&[failed])
        })
        .await
        .unwrap();
    store.close().await.unwrap();
    let connection = Connection::open(fixture.dir.path().join("state/system.duckdb")).unwrap();
    let line = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(
        line("SELECT concat_ws(' ', view_name, source_name, registered_at) FROM view_ownership"),
        "orders other 2026-11-21 12:01:00.123456"
    );
    assert_eq!(
        line("SELECT concat_ws('|', table_id, last_sync, rows, columns, hash, status, error) FROM sync_state"),
        "orders|2026-11-21 12:00:01.123456|0|1||error|no such file"
    );
    assert_eq!(
        line(
            "SELECT string_agg(concat_ws('|', synced_at, rows, duration_ms, status), ' ' ORDER BY synced_at)
                FROM sync_history"
        ),
        "2026-11-21 12:00:00.123456|5|ok 2026-11-21 12:01:00.123456|5|7|error"
    );
}

#[tokio::test]
async fn one_name_is_published_once() {
    let fixture = Fixture::new();
    let twice = [published("orders", "a", 5), published("ORDERS", "b", 6)];
    let outcome = fixture.store.write(move |tx| tx.publications().publish(1, &twice, &[])).await;
    assert!(matches!(outcome, Err(Error::Duplicate { what: "published table" })), "{outcome:?}");
    assert_eq!(fixture.store.directory().publication_generation(), 0);

    let moved = published("orders", "a", 5);
    fixture
        .store
        .write(move |tx| {
            tx.publications().publish(1, &[moved], &["Orders".to_owned()])?;
            tx.publications().record_attempts(&[attempt("orders", Some("first"), None), attempt("Orders", None, None)])
        })
        .await
        .unwrap();
    let directory = fixture.store.directory();
    assert!(directory.published("orders").is_some());
    assert_eq!(directory.attempts().len(), 1);
    assert_eq!(directory.attempt("orders").map(|row| row.state.as_str()), Some("ok"));
}

#[tokio::test]
async fn attempts_keep_the_last_success_and_history_grows_only_with_news() {
    let fixture = Fixture::new();
    let store = &fixture.store;
    // A sync: published and recorded in one use case is one row of history.
    store
        .write(|tx| {
            tx.publications().publish(1, &[published("orders", "a", 5)], &[])?;
            tx.publications().record_attempts(&[attempt("orders", None, Some(120))])
        })
        .await
        .unwrap();
    // Looked at again, nothing new: no row.
    store.write(|tx| tx.publications().record_attempts(&[attempt("Orders", None, None)])).await.unwrap();
    // It fails, twice in the same way: one row.
    for _ in 0..2 {
        let failed = AttemptRow { attempted_at: at(9), ..attempt("orders", Some("no such file"), None) };
        store.write(move |tx| tx.publications().record_attempts(&[failed])).await.unwrap();
    }
    let directory = store.directory();
    let last = directory.attempt("ORDERS").unwrap();
    assert_eq!((last.state.as_str(), last.attempted_at, last.succeeded_at), ("error", at(9), Some(at(2))));
    let history = store.read(|reader| reader.sync_history("orders", 10)).await.unwrap();
    let seen: Vec<_> = history.iter().map(|row| (row.status.as_deref().unwrap(), row.duration_ms)).collect();
    assert_eq!(seen, [("error", None), ("ok", Some(120))]);

    // A quarter of a year later the old rows go.
    fixture.clock.advance(TimeDelta::days(91));
    store.write(|tx| tx.publications().record_attempts(&[attempt("visits", None, None)])).await.unwrap();
    assert!(store.read(|reader| reader.sync_history("orders", 10)).await.unwrap().is_empty());
}
