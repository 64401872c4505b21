//! What a statement can do that got past the checks: nothing.
//!
//! Here statements go straight to the workers, unchecked.

use agnes_analytics::QueryError;

use crate::support::Place;

#[tokio::test]
async fn a_worker_reads_only_the_files_of_its_views() {
    let place = Place::new();
    let mine = [place.view("orders", "SELECT 1 AS id")];
    let other = place.view("salaries", "SELECT 4711 AS secret");
    assert_eq!(place.one(&mine, "SELECT id FROM orders").await, 1);

    let file = other.files[0].display().to_string();
    let objects = place.engine.objects().dir().display().to_string();
    for sql in [
        format!("SELECT * FROM read_parquet('{file}')"),
        format!("SELECT * FROM '{file}'"),
        format!("SELECT * FROM 'file:{file}'"),
        format!("SELECT * FROM query('SELECT * FROM read_parquet(''{file}'')')"),
        format!("SELECT * FROM read_blob('{file}')"),
        format!("SELECT * FROM glob('{objects}/*/*')"),
        format!("SELECT * FROM read_parquet('{objects}/*/*.parquet')"),
        "SELECT * FROM read_text('/proc/self/environ')".into(),
        "SELECT * FROM read_text('/etc/passwd')".into(),
        "SELECT * FROM read_csv('/etc/passwd')".into(),
        "SELECT * FROM read_text('https://example.com/')".into(),
        "SELECT * FROM salaries".into(),
        "SELECT * FROM query('SELECT * FROM sala' || 'ries')".into(),
        "SELECT getenv('PATH')".into(),
        "FROM duckdb_secrets()".into(),
    ] {
        match place.query(&mine, &sql).await {
            Ok(answer) => assert!(answer.rows.is_empty(), "{sql}: {:?}", answer.rows),
            Err(error) => {
                assert!(matches!(error, QueryError::Failed(_)), "{sql}: {error:?}");
                assert!(!error.to_string().contains("4711"), "{sql}: {error}");
            }
        }
    }
    assert_eq!(place.one(&mine, "SELECT id FROM orders").await, 1);
}

#[tokio::test]
async fn a_worker_changes_nothing_and_keeps_its_configuration() {
    let place = Place::new();
    let mine = [place.view("orders", "SELECT 1 AS id")];
    let out = place.path().join("out.csv");
    for sql in [
        format!("COPY (SELECT 1) TO '{}'", out.display()),
        format!("ATTACH '{}'", place.path().join("x.duckdb").display()),
        format!("SELECT 1; COPY (SELECT 1) TO '{}'", out.display()),
        "SET enable_external_access = true".into(),
        "SET memory_limit = '100GB'; SELECT 1".into(),
        "SET lock_configuration = false".into(),
        "INSTALL httpfs".into(),
        "LOAD httpfs".into(),
        "CREATE OR REPLACE VIEW orders AS SELECT 2 AS id".into(),
        "CREATE TABLE x AS SELECT 1".into(),
        "DROP VIEW orders".into(),
        "COMMIT; DROP VIEW orders; SELECT 1".into(),
        "EXPORT DATABASE '/tmp/x'".into(),
        "PRAGMA enable_profiling".into(),
    ] {
        let error = place.query(&mine, &sql).await.unwrap_err();
        assert!(matches!(error, QueryError::Failed(_)), "{sql}: {error:?}");
    }
    assert!(!out.exists());
    assert_eq!(place.one(&mine, "SELECT id FROM orders").await, 1);
    // Asked behind the back of the statement checks, DuckDB tells what holds it.
    for (setting, value) in
        [("enable_external_access", "false"), ("lock_configuration", "true"), ("temp_directory", ""), ("threads", "2")]
    {
        let sql = format!("SELECT current_setting('{setting}')::VARCHAR");
        assert_eq!(place.one(&mine, &sql).await, value, "{setting}");
    }
}

#[tokio::test]
async fn errors_name_no_folder_of_this_machine() {
    let place = Place::new();
    let mine = [place.view("orders", "SELECT repeat('x', 100) || range AS a FROM range(100000)")];
    assert_eq!(place.one(&mine, "SELECT count(*) FROM orders").await, 100_000);
    std::fs::OpenOptions::new().write(true).open(&mine[0].files[0]).unwrap().set_len(1000).unwrap();
    let error = place.query(&mine, "SELECT max(a) FROM orders").await.unwrap_err();
    assert!(!error.to_string().contains(&place.path().display().to_string()), "{error}");
}

#[tokio::test]
async fn two_sets_of_views_never_share_a_worker() {
    let place = Place::new();
    let a = [place.view("t", "SELECT 'a' AS which")];
    let b = [place.view("t", "SELECT 'b' AS which")];
    for _ in 0..3 {
        assert_eq!(place.one(&a, "SELECT which FROM t").await, "a");
        assert_eq!(place.one(&b, "SELECT which FROM t").await, "b");
        assert!(place.query(&[], "SELECT which FROM t").await.is_err());
    }
}

#[tokio::test]
async fn a_view_over_several_parts_is_their_union_by_name() {
    let place = Place::new();
    let mut t = place.view("t", "SELECT 1 AS a, 'x' AS b");
    t.files.extend(place.view("t", "SELECT 'y' AS b, 2 AS a, true AS c").files);
    assert_eq!(
        place.one(&[t], "SELECT list((a, b, c) ORDER BY a)::VARCHAR FROM t").await,
        "[(1, x, NULL), (2, y, true)]"
    );
}
