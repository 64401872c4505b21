//! Which statements run, and what the others are told (data.md 11.1 and 11.3).

use agnes_analytics::StatementError;
use proptest::prelude::*;

use crate::support::Place;

const ONLY_SELECT: &str = "Only single SELECT queries are allowed";
const MUST_START: &str = "Query must start with SELECT or WITH";

/// Anything other than the two texts old clients know is some sentence about what is not allowed.
const OTHER: &str = "";

async fn refused(place: &Place, sql: &str, expected: &str) {
    match place.engine.parse(sql).await {
        Ok(statement) => panic!("{sql}: allowed, {statement:?}"),
        Err(error) => {
            assert_eq!(error.code().status(), 400, "{sql}: {error}");
            if expected != OTHER {
                assert_eq!(error.to_string(), expected, "{sql}");
            }
        }
    }
}

async fn reads(place: &Place, sql: &str, tables: &[&str]) {
    let statement = place.engine.parse(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let mut named: Vec<String> = statement.tables.iter().map(ToString::to_string).collect();
    named.sort();
    assert_eq!(named, tables, "{sql}");
}

#[tokio::test]
async fn anything_but_one_select_is_refused_with_the_texts_old_clients_know() {
    let place = Place::new();
    for sql in [
        "COPY orders TO 'x.csv'",
        "ATTACH 'x.duckdb'",
        "DROP TABLE orders",
        "CREATE TABLE x AS SELECT 1",
        "CREATE\nTABLE x AS SELECT 1",
        "INSERT INTO orders VALUES (1)",
        "UPDATE orders SET a = 1",
        "DELETE FROM orders",
        "SELECT 1; SELECT 2",
        "SELECT 1;; SELECT 2;",
        "WITH x AS (SELECT 1) INSERT INTO orders SELECT * FROM x",
        "INSTALL httpfs",
        "LOAD '/tmp/x.duckdb_extension'",
        "EXPORT DATABASE 'x'",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "SELECT * FROM read_csv_auto('x.csv')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM parquet_scan('x')",
        "SELECT * FROM parquet_metadata('x')",
        "SELECT * FROM query_table('orders')",
        "SELECT * FROM glob ('/etc/*')",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM duckdb_tables()",
        "SELECT * FROM duckdb_extensions()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_tables",
        "SELECT * FROM pragma_table_info('orders')",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM main.sqlite_master",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT * FROM pg_tables",
        "SELECT (SELECT count(*) FROM duckdb_views()) FROM orders",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM read_blob('/etc/passwd'))",
        "WITH x AS (SELECT * FROM read_json('x')) SELECT 1",
        "SELECT * FROM orders ORDER BY (SELECT max(size) FROM read_text('/etc/passwd'))",
    ] {
        refused(&place, sql, ONLY_SELECT).await;
    }
    for sql in [
        "",
        "  ",
        ";",
        "-- nothing",
        "FROM orders",
        "VALUES (1)",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "DESCRIBE orders",
        "SUMMARIZE orders",
        "SET memory_limit = '1GB'",
        "RESET threads",
        "SELECT(1)",
        "TABLE orders",
        "hello",
        "é",
        "BEGIN TRANSACTION",
        "USE memory",
        "VACUUM",
        "CHECKPOINT",
        "PIVOT orders ON a USING sum(b)",
    ] {
        refused(&place, sql, MUST_START).await;
    }
}

#[tokio::test]
async fn what_reads_more_than_tables_is_refused_wherever_it_stands() {
    let place = Place::new();
    for sql in [
        "SELECT * FROM 'file:/etc/passwd'",
        "SELECT * FROM 'x.csv'",
        "SELECT * FROM '/data/objects/*/*.parquet'",
        "SELECT * FROM \"https://example.com/x.parquet\"",
        "SELECT * FROM query('SELECT * FROM sala'||'ries')",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "SELECT json_serialize_sql('SELECT 1')",
        "SELECT json_deserialize_sql('{}')",
        "SELECT getenv('JWT_SECRET_KEY')",
        "SELECT current_setting('temp_directory')",
        "SELECT getvariable('x')",
        "SELECT pg_get_viewdef(1)",
        "SELECT * FROM which_secret('s3://x', 's3')",
        "SELECT * FROM summary((SELECT 1))",
        "SELECT * FROM test_all_types()",
        "SELECT * FROM enable_logging()",
        "SELECT * FROM read_xlsx('x.xlsx')",
        "SELECT * FROM st_read('x')",
        "SELECT * FROM sqlite_scan('x', 'y')",
        "SELECT * FROM (SHOW TABLES)",
        "SELECT * FROM (DESCRIBE orders)",
        "SELECT * FROM (SUMMARIZE orders)",
        "SELECT * FROM orders AT (VERSION => 1)",
        "SELECT ?",
        "SELECT $name",
        "SELECT write_log('x')",
        "SELECT nextval('s')",
        "SELECT sleep_ms(100000)",
        "SELECT list_transform([1], x -> getenv('A'))",
        "SELECT sum(1) OVER (ORDER BY getenv('A'))",
        "SELECT 1 FROM orders GROUP BY GROUPING SETS ((getenv('A')))",
        "SELECT * FROM orders LIMIT (SELECT length(content) FROM read_text('/etc/passwd'))",
        "SELECT * REPLACE (getenv('A') AS a) FROM orders",
    ] {
        refused(&place, sql, OTHER).await;
    }
}

#[tokio::test]
async fn the_tables_of_a_statement_are_those_it_reads_from_outside_itself() {
    let place = Place::new();
    for (sql, tables) in [
        ("SELECT 1", &[][..]),
        ("SELECT\n1 FROM Orders o, main.people", &["Orders", "main.people"]),
        ("WITH a AS (SELECT * FROM b) SELECT * FROM A UNION ALL SELECT * FROM c", &["b", "c"]),
        ("WITH a AS (SELECT * FROM a) SELECT * FROM a", &["a"]),
        ("WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b", &[]),
        ("WITH b AS (SELECT * FROM a), a AS (SELECT 1) SELECT * FROM b", &["a"]),
        ("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) x, a", &["a"]),
        ("WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r, t WHERE n < 3) SELECT * FROM r", &["t"]),
        ("WITH a AS (SELECT 1) SELECT (SELECT count(*) FROM a), (SELECT max(x) FROM b)", &["b"]),
        ("WITH a AS (SELECT 1) SELECT * FROM main.a", &["main.a"]),
        ("SELECT * FROM s.t, d.s.t, t", &["d.s.t", "s.t", "t"]),
        ("SELECT * FROM a JOIN b USING (id) LEFT JOIN c ON c.id = (SELECT max(id) FROM d)", &["a", "b", "c", "d"]),
        ("SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.id = a.id)", &["a", "b"]),
        ("SELECT * FROM a WHERE id IN (SELECT id FROM b) AND EXISTS (FROM c)", &["a", "b", "c"]),
        ("SELECT * FROM a PIVOT (sum(y) FOR x IN ('p', 'q'))", &["a"]),
        ("SELECT * FROM (SELECT 1 AS x, 2 AS y) UNPIVOT (v FOR k IN (x, y))", &[]),
        ("SELECT * FROM range(3), generate_series(1, 2), unnest([1]), json_each('[1]')", &[]),
        ("SELECT x FROM a QUALIFY row_number() OVER (PARTITION BY y ORDER BY z DESC) = 1", &["a"]),
        ("SELECT * FROM a ASOF JOIN b ON a.t >= b.t", &["a", "b"]),
        ("SELECT * FROM a TABLESAMPLE 10%", &["a"]),
        (
            "SELECT x::DECIMAL(10,2), {'a': 1}, MAP {'k': 1}, [i + 1 FOR i IN [1]], x[1:2], COLUMNS('x.*') FROM a",
            &["a"],
        ),
        ("(SELECT 1 FROM a) UNION (SELECT 2 FROM b) ORDER BY 1 LIMIT 5", &[]),
    ] {
        if sql.starts_with('(') {
            refused(&place, sql, MUST_START).await;
        } else {
            reads(&place, sql, tables).await;
        }
    }
}

#[tokio::test]
async fn honest_statements_with_unlucky_words_are_allowed() {
    let place = Place::new();
    for sql in [
        "SELECT 1;",
        "SELECT 1 ; -- done",
        "-- which\n/* one */ SELECT 1",
        "SELECT 'update me; drop it' AS \"load \", 'https://x' AS \"call \"",
        "SELECT 'salaries', 'read_csv', '/tmp'",
        "SELECT 1 AS identity, 2 AS valid_id",
        "SELECT pg_typeof(1), now(), random(), uuid(), error(NULL)",
        "SELECT 1 AS information_schema",
    ] {
        reads(&place, sql, &[]).await;
    }
}

#[tokio::test]
async fn errors_of_syntax_are_duckdbs_own() {
    let place = Place::new();
    for sql in ["SELECT FROM WHERE", "SELECT 'x", "SELECT 1 FROM", "WITH a SELECT 1"] {
        let error = place.engine.parse(sql).await.unwrap_err();
        assert!(matches!(error, StatementError::Syntax(_)), "{sql}: {error:?}");
        assert!(error.to_string().starts_with("Query error: Parser Error: "), "{sql}: {error}");
    }
}

#[tokio::test]
async fn long_and_deep_statements_are_refused_or_answered_but_end_nothing() {
    let place = Place::new();
    let sum = format!("SELECT {}", vec!["1"; 500].join(" + "));
    assert!(place.engine.parse(&sum).await.is_ok(), "five hundred terms are nothing special");
    for sql in [
        format!("SELECT {}1{}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("SELECT {}1{}", "abs(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}", vec!["1"; 60_000].join(" + ")),
        format!("SELECT {}1{}", "(SELECT ".repeat(3_000), ")".repeat(3_000)),
        format!("SELECT {}", "[".repeat(100_000)),
        format!("SELECT '{}'", "x".repeat(300_000)),
        "SELECT '\0'".to_owned(),
    ] {
        refused(&place, &sql, OTHER).await;
        reads(&place, "SELECT 1 FROM t", &["t"]).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is asked: no parser dies, and what is allowed begins as a SELECT does.
    #[test]
    fn no_text_is_allowed_that_is_not_a_select(
        text in prop_oneof![
            ".{0,60}",
            "(?i)(select|with|from|drop|copy|;|--|/\\*|'|\"|\\(|\\)|\\$\\$|[a-z]{1,3}| |\n|[0-9]|,|\\*|=|attach|as|\\?){0,25}",
            "(?i)(SELECT|WITH a AS) [a-z'\"(),;*-]{0,30}",
        ]
    ) {
        use std::sync::OnceLock;
        static PLACE: OnceLock<(tokio::runtime::Runtime, Place)> = OnceLock::new();
        let (runtime, place) = PLACE.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            let place = { let _inside = runtime.enter(); Place::new() };
            (runtime, place)
        });
        match runtime.block_on(place.engine.parse(&text)) {
            Ok(_) => {
                let lower = text.to_lowercase();
                prop_assert!(lower.contains("select") || lower.contains("with"), "{text:?}");
            }
            Err(error) => prop_assert!(error.code().status() == 400, "{text:?}: {error}"),
        }
    }
}
