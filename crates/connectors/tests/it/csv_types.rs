//! Types come from the whole file; what does not fit is text, never lost.

use crate::support::Folder;

fn check(csv: &str, columns: &[&str], rows: &[&str]) {
    let folder = Folder::with("t.csv", csv);
    let report = folder.table("t.csv");
    assert_eq!((report.error, report.bad_rows), (None, 0), "{csv:?}");
    assert_eq!(folder.columns("t"), columns, "{csv:?}");
    assert_eq!(folder.rows("SELECT * FROM t"), rows, "{csv:?}");
}

#[test]
fn every_column_gets_the_type_all_its_values_have() {
    check(
        "a,b,c,d,e,f\n1,1,true,2026-01-31,2026-01-31 10:00:00,x\n-2,2.5,False,2024-02-29,2026-01-31T10:00:00.25,ž\n",
        &["a BIGINT", "b DOUBLE", "c BOOLEAN", "d DATE", "e TIMESTAMP", "f VARCHAR"],
        &[
            "(1, 1.0, true, 2026-01-31, '2026-01-31 10:00:00', x)",
            "(-2, 2.5, false, 2024-02-29, '2026-01-31 10:00:00.25', ž)",
        ],
    );
    check(
        "zip,utc,offset,mixed,none\n00123,2026-01-01T10:00:00Z,2026-01-01T10:00:00+02:00,1,\n1,2026-01-01T11:00:00Z,2026-01-01T10:00:00+02:00,x,\n",
        &["zip VARCHAR", "utc TIMESTAMP", "offset VARCHAR", "mixed VARCHAR", "none VARCHAR"],
        &[
            "(00123, '2026-01-01 10:00:00', '2026-01-01T10:00:00+02:00', 1, NULL)",
            "(1, '2026-01-01 11:00:00', '2026-01-01T10:00:00+02:00', x, NULL)",
        ],
    );
}

#[test]
fn one_late_text_makes_the_column_text() {
    let mut csv = "n\n".to_owned();
    for number in 0..50_000 {
        csv.push_str(&format!("{number}\n"));
    }
    csv.push_str("n/a\n");
    let folder = Folder::with("t.csv", csv);
    folder.table("t.csv");
    assert_eq!(folder.columns("t"), ["n VARCHAR"]);
    assert_eq!(folder.rows("SELECT count(*), min(n), max(n) FROM t"), ["(50001, 0, n/a)"]);
}

#[test]
fn empty_is_null_and_a_lookalike_of_our_null_is_not() {
    check("a,b\n1,\"\"\n,x\n3,\\N\n", &["a BIGINT", "b VARCHAR"], &["(1, NULL)", "(NULL, x)", "(3, \\N)"]);
}

#[test]
fn numbers_that_would_be_rounded_stay_text() {
    check(
        "a,b\n9007199254740993,12345678901234567890\n0.5,1\n",
        &["a VARCHAR", "b VARCHAR"],
        &["(9007199254740993, 12345678901234567890)", "(0.5, 1)"],
    );
}
