//! The sandbox through the front door: what an ordinary person may try, and what comes of it.

use std::time::Duration;

use agnes_analytics::Limits;
use serde_json::json;

use crate::support::{Setup, TestApp};

async fn with_tables(limits: Limits) -> TestApp {
    let app = Setup::new().limits(limits).start().await;
    app.csv_table("orders", "id,total\n1,10.5\n2,20.0\n", true).await;
    app.csv_table("salaries", "who,much\nsecret_name,4711\n", false).await;
    assert_eq!(app.sync().await["state"], "done");
    app
}

/// Refused, told in JSON with a code, and nothing of what is hidden in it.
async fn refused(app: &TestApp, sql: &str) {
    let answer = app.analyst().query(sql).await;
    let text = answer.text();
    assert!([400, 403].contains(&answer.status), "{sql}: {} {text}", answer.status);
    assert!(answer.json["detail"].is_string() && !answer.code().is_empty(), "{sql}: {text}");
    for secret in ["secret_name", "4711", "objects/", app.folder.path().to_str().unwrap(), "root:"] {
        assert!(!text.contains(secret), "{sql}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_granted_tables_is_reachable() {
    let app = with_tables(Limits::default()).await;
    let folder = app.folder.path().display().to_string();
    let manifest = app.admin().get("/api/sync/manifest").await.json;
    let digest = manifest["tables"]["salaries"]["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    let object = format!("{folder}/objects/{}/{digest}.parquet", &digest[..2]);
    let statements = [
        // Tables that exist and are not granted, and ways to build their name later.
        "SELECT * FROM salaries".to_owned(),
        "SELECT * FROM SALARIES".to_owned(),
        "SELECT * FROM main.salaries".to_owned(),
        "WITH x AS (SELECT * FROM salaries) SELECT * FROM x".to_owned(),
        "SELECT (SELECT max(much) FROM salaries)".to_owned(),
        "SELECT * FROM orders WHERE id IN (SELECT much FROM salaries)".to_owned(),
        "SELECT * FROM query('SELECT * FROM sala' || 'ries')".to_owned(),
        "SELECT * FROM query_table('salaries')".to_owned(),
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM salaries'))".to_owned(),
        "SELECT * FROM csv.salaries".to_owned(),
        "SELECT * FROM csv._meta".to_owned(),
        // Files.
        format!("SELECT * FROM 'file:{object}'"),
        format!("SELECT * FROM '{object}'"),
        format!("SELECT * FROM \"{object}\""),
        format!("SELECT * FROM read_parquet('{object}')"),
        format!("SELECT * FROM parquet_scan('{folder}/objects/*/*.parquet')"),
        format!("SELECT * FROM glob ('{folder}/*')"),
        format!("SELECT * FROM read_text('{folder}/state/.jwt_secret')"),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
        "SELECT * FROM read_blob('/etc/passwd')".to_owned(),
        "SELECT * FROM '/etc/passwd'".to_owned(),
        "SELECT * FROM 'https://example.com/x.parquet'".to_owned(),
        "SELECT * FROM read_xlsx('x.xlsx')".to_owned(),
        "SELECT * FROM sqlite_scan('x', 'y')".to_owned(),
        // Settings, secrets, catalogs.
        "SELECT current_setting('allowed_paths')".to_owned(),
        "SELECT getenv('JWT_SECRET_KEY')".to_owned(),
        "SELECT * FROM duckdb_settings()".to_owned(),
        "SELECT * FROM duckdb_secrets()".to_owned(),
        "SELECT * FROM duckdb_extensions()".to_owned(),
        "SELECT * FROM duckdb_views()".to_owned(),
        "SELECT * FROM pragma_database_list".to_owned(),
        "SELECT * FROM pragma_database_list()".to_owned(),
        "SELECT * FROM sqlite_master".to_owned(),
        "SELECT * FROM information_schema.tables".to_owned(),
        "SELECT * FROM pg_catalog.pg_class".to_owned(),
        "SHOW TABLES".to_owned(),
        "DESCRIBE orders".to_owned(),
        "SELECT * FROM (SHOW ALL TABLES)".to_owned(),
        // Anything but one SELECT.
        format!("COPY orders TO '{folder}/out.csv'"),
        "ATTACH '/tmp/x.duckdb' AS x".to_owned(),
        "INSTALL httpfs".to_owned(),
        "LOAD httpfs".to_owned(),
        "SET memory_limit='10GB'".to_owned(),
        "PRAGMA version".to_owned(),
        "CREATE TABLE x AS SELECT 1".to_owned(),
        "DROP VIEW orders".to_owned(),
        format!("EXPORT DATABASE '{folder}/x'"),
        "CALL pragma_version()".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
        "SELECT 1; DROP VIEW orders".to_owned(),
        "EXPLAIN SELECT 1".to_owned(),
        String::new(),
        ";".to_owned(),
        "SELECT".to_owned(),
        "SELECT * FROM".to_owned(),
        "\u{0}".to_owned(),
        "(".repeat(20_000),
        format!("SELECT {}1{}", "(".repeat(30_000), ")".repeat(30_000)),
    ];
    for sql in &statements {
        refused(&app, sql).await;
    }
    let fine = app.analyst().query("SELECT sum(total) FROM orders").await;
    assert_eq!((fine.status, &fine.json["rows"]), (200, &json!([[30.5]])), "{}", fine.text());
    // A name that is nobody's is told apart from one that is not granted only where the reference says so.
    let unknown = app.analyst().query("SELECT * FROM nothing").await;
    assert_eq!(unknown.status, 400, "{}", unknown.text());
    let denied = app.analyst().query("SELECT * FROM salaries").await;
    assert_eq!(denied.json["detail"], "Access denied to table 'salaries'");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_much_is_ended_and_others_are_answered_meanwhile() {
    let limits = Limits { timeout: Duration::from_secs(3), memory_mb: 256, ..Limits::default() };
    let app = with_tables(limits).await;
    let bombs = [
        "SELECT count(*) FROM range(10000000) a, range(10000000) b",
        "SELECT list(r) FROM (SELECT repeat('x', 1000000) AS r FROM range(100000))",
        "SELECT repeat('x', 2000000000)",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(10000000)",
    ];
    for sql in bombs {
        let caller = app.analyst();
        let bomb = tokio::spawn(async move { caller.query(sql).await });
        // Others do not notice.
        let began = std::time::Instant::now();
        let health = app.anonymous().get("/api/health").await;
        let other = app.admin().query("SELECT count(*) FROM orders").await;
        assert_eq!((health.status, other.status), (200, 200), "{sql}: {}", other.text());
        assert!(began.elapsed() < Duration::from_secs(5), "{sql}");
        let answer = bomb.await.unwrap();
        assert_eq!(answer.status, 400, "{sql}: {}", answer.text());
        let code = answer.code();
        assert!(["query_timeout", "query_too_large", "query_failed"].contains(&code), "{sql}: {}", answer.text());
        let next = app.analyst().query("SELECT 1").await;
        assert_eq!((next.status, &next.json["rows"]), (200, &json!([[1]])), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_cut_where_the_caller_says() {
    let app = with_tables(Limits::default()).await;
    let cases = [
        (json!({"sql": "SELECT * FROM range(10)", "limit": 3}), 200, 3, true),
        (json!({"sql": "SELECT * FROM range(10)", "limit": "10"}), 200, 10, false),
        (json!({"sql": "SELECT * FROM range(10)", "limit": 0}), 200, 0, true),
        (json!({"sql": "SELECT * FROM range(10)", "limit": -1}), 200, 0, true),
        (json!({"sql": "SELECT * FROM range(2000)"}), 200, 1000, true),
    ];
    for (body, status, count, truncated) in cases {
        let answer = app.analyst().post("/api/query", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        let found = (answer.json["row_count"].as_u64(), answer.json["truncated"].as_bool());
        assert_eq!(found, (Some(count), Some(truncated)), "{body}");
    }
    for (limit, status) in [(-2, 400), (100_001, 422)] {
        let body = json!({"sql": "SELECT 1", "limit": limit});
        assert_eq!(app.analyst().post("/api/query", &body).await.status, status, "{limit}");
    }
    let cells = app
        .analyst()
        .query("SELECT NULL, true, 1::HUGEINT, 1.5, 'a', 10.50::DECIMAL(10,2), DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05', [1, 2]")
        .await;
    insta::assert_json_snapshot!(cells.json["rows"], @r#"
    [
      [
        null,
        true,
        1,
        "1.5",
        "a",
        "10.50",
        "2026-01-02",
        "2026-01-02 03:04:05",
        "[1, 2]"
      ]
    ]
    "#);
}
