//! How values are written (data.md 11.2 and 13.3).

use serde_json::{Value, json};

use crate::support::Place;

#[tokio::test]
async fn each_type_has_its_way_to_be_written() {
    let place = Place::new();
    let cases: &[(&str, Value)] = &[
        ("NULL", json!(null)),
        ("true", json!(true)),
        ("false", json!(false)),
        ("NULL::BOOLEAN", json!(null)),
        ("(-5)::TINYINT", json!(-5)),
        ("65535::USMALLINT", json!(65535)),
        ("9223372036854775807", json!(9_223_372_036_854_775_807_i64)),
        ("18446744073709551615::UBIGINT", json!(18_446_744_073_709_551_615_u64)),
        ("sum(1)", json!(1)),
        ("5::HUGEINT", json!(5)),
        ("170141183460469231731687303715884105727::HUGEINT", json!("170141183460469231731687303715884105727")),
        ("(-170141183460469231731687303715884105727)::HUGEINT", json!("-170141183460469231731687303715884105727")),
        ("340282366920938463463374607431768211455::UHUGEINT", json!("340282366920938463463374607431768211455")),
        ("7::DECIMAL(38,0)", json!("7")),
        ("1.5::DOUBLE", json!(1.5)),
        ("0.1::FLOAT", json!(0.1)),
        ("'nan'::DOUBLE", json!(null)),
        ("'inf'::FLOAT", json!(null)),
        ("'-inf'::DOUBLE", json!(null)),
        ("'hello'", json!("hello")),
        ("10.50::DECIMAL(10,2)", json!("10.50")),
        ("(-0.05)::DECIMAL(4,2)", json!("-0.05")),
        ("DATE '2026-01-02'", json!("2026-01-02")),
        ("TIMESTAMP '2026-01-02 03:04:05'", json!("2026-01-02 03:04:05")),
        ("TIMESTAMP '2026-01-02 03:04:05.06'", json!("2026-01-02 03:04:05.060000")),
        ("TIMESTAMP_S '2026-01-02 03:04:05'", json!("2026-01-02 03:04:05")),
        ("TIMESTAMP_MS '2026-01-02 03:04:05.5'", json!("2026-01-02 03:04:05.500000")),
        ("TIMESTAMP_NS '2026-01-02 03:04:05.000000001'", json!("2026-01-02 03:04:05.000000001")),
        ("TIMESTAMPTZ '2026-01-02 03:04:05+02'", json!("2026-01-02 01:04:05+00:00")),
        ("'infinity'::TIMESTAMP", json!("infinity")),
        ("TIME '01:02:03'", json!("01:02:03")),
        ("'12:00:00+02:30'::TIMETZ", json!("12:00:00+02:30")),
        ("'12:00:00-08'::TIMETZ", json!("12:00:00-08:00")),
        ("INTERVAL 1 DAY", json!("1 day, 0:00:00")),
        ("INTERVAL '2 days 3 hours'", json!("2 days, 3:00:00")),
        ("'00000000-0000-0000-0000-0000000000ff'::UUID", json!("00000000-0000-0000-0000-0000000000ff")),
        ("'b'::ENUM('a', 'b')", json!("b")),
        ("'{\"a\": 1}'::JSON", json!("{\"a\": 1}")),
        ("'101'::BIT", json!("101")),
        ("123456789012345678901234567890::BIGNUM", json!("123456789012345678901234567890")),
        ("(-5)::BIGNUM", json!("-5")),
        ("'\\xAB\\x01'::BLOB", json!("ab01")),
        ("[1, 2]", json!("[1, 2]")),
        ("[[1], NULL]", json!("[[1], null]")),
        ("[1, 2]::INTEGER[2]", json!("[1, 2]")),
        ("{'a': 1, 'b': 'x\"y'}", json!("{\"a\": 1, \"b\": \"x\\\"y\"}")),
        ("MAP {'k': 10.50}", json!("{\"k\": 10.50}")),
        ("MAP {1: true}", json!("{\"1\": true}")),
        ("[340282366920938463463374607431768211455::UHUGEINT]", json!("[340282366920938463463374607431768211455]")),
        ("[DATE '2026-01-02']", json!("[\"2026-01-02\"]")),
        ("[{'u': 'a'::ENUM('a')}]", json!("[{\"u\": \"a\"}]")),
        ("union_value(k := 5)", json!(5)),
        ("''", json!("")),
    ];
    for (expression, expected) in cases {
        assert_eq!(place.one(&[], &format!("SELECT {expression}")).await, *expected, "{expression}");
    }
}

#[tokio::test]
async fn columns_keep_their_names_and_order() {
    let place = Place::new();
    let answer = place.query(&[], "SELECT 1 AS test, 'hello' AS msg, 2 AS test").await.unwrap();
    assert_eq!(answer.columns, ["test", "msg", "test"]);
    assert_eq!(answer.rows, [[json!(1), json!("hello"), json!(2)]]);
    assert!(!answer.truncated);
    let many = place.query(&[], "SELECT CASE WHEN range % 2 = 0 THEN range END AS x FROM range(5)").await.unwrap();
    assert_eq!(json!(many.rows), json!([[0], [null], [2], [null], [4]]));
}

#[tokio::test]
async fn samples_are_natural_json() {
    let place = Place::new();
    let view = place.view(
        "t",
        "SELECT 1 AS i, 10.50::DECIMAL(10,2) AS d, TIMESTAMP '2026-01-02 03:04:05' AS ts, DATE '2026-01-02' AS day,
                [1, NULL] AS l, {'a': [true]} AS s, MAP {'k': 1} AS m, '\\xAB'::BLOB AS b, NULL::TIMESTAMP AS n,
                INTERVAL 90 SECOND AS iv, 'x' AS text, 'nan'::DOUBLE AS nan",
    );
    let rows = place.engine.sample(view.clone(), 5).await.unwrap();
    assert_eq!(
        json!(rows),
        json!([{
            "i": 1, "d": 10.5, "ts": "2026-01-02T03:04:05", "day": "2026-01-02", "l": [1, null], "s": {"a": [true]},
            "m": {"k": 1}, "b": "ab", "n": null, "iv": 90, "text": "x", "nan": null
        }])
    );
    let (columns, rows) = place.engine.sample_text(view, 5).await.unwrap();
    assert_eq!(columns[..3], ["i", "d", "ts"]);
    assert_eq!(rows[0][..3], [Some("1".into()), Some("10.50".into()), Some("2026-01-02 03:04:05".into())]);
    assert_eq!(rows[0][8], None);
}
