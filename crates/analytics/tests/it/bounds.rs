//! Time, memory, rows and bytes: one statement may take so much, and the next is fine.

use std::time::{Duration, Instant};

use agnes_analytics::{Engine, Limits, Objects, QueryError, WorkerCommand};

use crate::support::{Place, limits};

const CROSS_JOIN: &str =
    "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3 AND random() > 2";

#[tokio::test]
async fn a_statement_past_its_deadline_is_ended_while_others_are_answered() {
    let place = Place::with(Limits { timeout: Duration::from_secs(2), ..limits() });
    let view = [place.view("t", "SELECT 42 AS x")];
    assert_eq!(place.one(&view, "SELECT x FROM t").await, 42);

    let begun = Instant::now();
    let (slow, quick) = tokio::join!(place.query(&view, CROSS_JOIN), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let answer = place.one(&view, "SELECT x FROM t").await;
        (answer, begun.elapsed())
    });
    assert_eq!(slow, Err(QueryError::Timeout));
    assert_eq!(slow.unwrap_err().to_string(), "Query error: timeout");
    assert_eq!(quick.0, 42);
    assert!(quick.1 < Duration::from_secs(2), "answered while the other was running: {:?}", quick.1);
    assert_eq!(place.one(&view, "SELECT x FROM t").await, 42);
}

#[tokio::test]
async fn memory_bombs_end_with_a_clear_error_and_the_next_statement_is_fine() {
    let place = Place::new();
    let view = [place.view("t", "SELECT 42 AS x")];
    for sql in [
        "SELECT list(range) FROM range(100000000)",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
        "SELECT repeat('x', 10000000000)",
        "SELECT length(repeat(repeat('x', 1000000), 100000))",
        "SELECT range % 1000000000 AS k, count(*), list(range) FROM range(2000000000) GROUP BY k ORDER BY k",
        "SELECT list_transform(range(1000000000), x -> x)",
        "WITH RECURSIVE r AS (SELECT 'x' AS s UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
        "SELECT md5(a.range::VARCHAR) FROM range(100000000) a ORDER BY 1",
        "SELECT bar(1, 0, 1, 1000000000000)",
    ] {
        let begun = Instant::now();
        let error = place.query(&view, sql).await.unwrap_err();
        assert!(error.code().status() == 400, "{sql}: {error:?}");
        assert!(begun.elapsed() < Duration::from_secs(40), "{sql}: {:?}", begun.elapsed());
        assert_eq!(place.one(&view, "SELECT x FROM t").await, 42, "after {sql}");
    }
}

#[tokio::test]
async fn the_limit_bounds_rows_and_tells_of_more() {
    let place = Place::new();
    let view = [place.view("t", "SELECT range AS x FROM range(20)")];
    for (limit, rows, truncated) in
        [(5, 5, true), (20, 20, false), (19, 19, true), (21, 20, false), (0, 0, true), (-1, 0, true)]
    {
        let answer = place.engine.query(view.to_vec(), "SELECT x FROM t ORDER BY x", limit).await.unwrap();
        assert_eq!(
            (answer.row_count, answer.rows.len(), answer.truncated),
            (rows, rows as usize, truncated),
            "{limit}"
        );
        assert_eq!(answer.columns, ["x"]);
    }
    let none = place.engine.query(view.to_vec(), "SELECT x FROM t WHERE x < 0", 0).await.unwrap();
    assert!(!none.truncated && none.columns == ["x"]);
    let error = place.engine.query(view.to_vec(), "SELECT x FROM t", -2).await.unwrap_err();
    assert!(error.to_string().starts_with("Query error: "), "{error}");
}

#[tokio::test]
async fn an_endless_answer_stops_at_its_limit() {
    let place = Place::new();
    let answer = place.engine.query(vec![], "SELECT range FROM range(100000000000)", 10_000).await.unwrap();
    assert_eq!((answer.row_count, answer.truncated), (10_000, true));
    let sql = "SELECT repeat('x', 100000) FROM range(100000)";
    let error = place.engine.query(vec![], sql, 100_000).await.unwrap_err();
    assert!(matches!(error, QueryError::TooLarge(_)), "{error:?}");
    let most = place.engine.query(vec![], "SELECT range FROM range(1000000)", 1_000_000).await.unwrap();
    assert_eq!(most.row_count, 100_000, "never more rows than the engine allows");
}

#[tokio::test]
async fn when_all_workers_are_busy_the_next_waits_its_turn_or_is_told() {
    let place = Place::with(Limits {
        max_workers: 1,
        timeout: Duration::from_secs(3),
        queue_timeout: Duration::from_millis(300),
        ..limits()
    });
    let (slow, refused) = tokio::join!(place.query(&[], CROSS_JOIN), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        place.query(&[], "SELECT 1").await
    });
    assert_eq!((slow, refused), (Err(QueryError::Timeout), Err(QueryError::Busy)));
    assert_eq!(place.one(&[], "SELECT 1").await, 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_the_statement_along() {
    let place = Place::with(Limits { max_workers: 1, ..limits() });
    let gone = tokio::time::timeout(Duration::from_millis(500), place.query(&[], CROSS_JOIN)).await;
    assert!(gone.is_err());
    let begun = Instant::now();
    assert_eq!(place.one(&[], "SELECT 1").await, 1);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn after_the_stop_nothing_runs() {
    let place = Place::new();
    assert_eq!(place.one(&[], "SELECT 1").await, 1);
    place.engine.stop().await;
    assert_eq!(place.query(&[], "SELECT 1").await, Err(QueryError::Stopping));
    assert_eq!(place.engine.parse("SELECT 1").await.unwrap_err().code().as_str(), "stopping");
}

#[tokio::test]
async fn without_a_worker_the_caller_is_not_told_why() {
    let folder = tempfile::tempdir().unwrap();
    // Nothing, something that ends at once, and something that answers nonsense.
    for program in ["/nowhere/agnes", "/bin/false", "/bin/cat"] {
        let command = WorkerCommand { program: program.into(), args: vec![] };
        let engine = Engine::start(command, limits(), Objects::new(folder.path().to_path_buf()));
        let error = engine.query(vec![], "SELECT 1", 1).await.unwrap_err();
        assert_eq!(error.code().as_str(), "internal", "{program}");
    }
}

#[tokio::test]
async fn more_callers_and_sets_of_views_than_workers_are_all_answered() {
    let place = Place::new();
    let views: Vec<_> = (0..5).map(|n| place.view("t", &format!("SELECT {n} AS x"))).collect();
    let asked = (0..20).map(|n| {
        let view = views[n % 5].clone();
        let engine = place.engine.clone();
        tokio::spawn(async move { (n % 5, engine.query(vec![view], "SELECT x FROM t", 1).await) })
    });
    for answer in asked.collect::<Vec<_>>() {
        let (expected, answer) = answer.await.unwrap();
        assert_eq!(answer.unwrap().rows, [[serde_json::json!(expected)]]);
    }
}
