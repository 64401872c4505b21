//! Rows that cannot be read are counted and the first is named; none of its content is.

use agnes_connectors::TableState;

use crate::support::Folder;

fn check(file: &str, content: impl AsRef<[u8]>, rows: u64, bad: u64, first: &str) {
    let folder = Folder::with(file, &content);
    let report = folder.table(file);
    let shown = String::from_utf8_lossy(content.as_ref()).into_owned();
    assert_eq!(report.error, None, "{shown:?}");
    assert_eq!((report.rows, report.bad_rows), (rows, bad), "{shown:?}");
    assert_eq!(report.first_bad.as_deref(), Some(first), "{shown:?}");
    assert_eq!(folder.rows("SELECT count(*) FROM t"), [format!("({rows})")]);
}

#[test]
fn a_bad_row_is_counted_and_its_line_named() {
    check("a.csv", "a,b\n1,2\n3\n4,5\n6,7,8\n", 2, 2, "a.csv line 3: 1 fields where the header has 2");
    check("a.csv", b"a,b\n1,2\n\xff,3\n", 1, 1, "a.csv line 3: not UTF-8");
    check("a.csv", b"a,b\n1,2\n\xc3,\xa9\n", 1, 1, "a.csv line 3: not UTF-8");
    check("a.csv", "a,b\n1,2\n\"x\"y,3\n4,5\n", 2, 1, "a.csv line 3: text follows a closing quote");
    check("a.jsonl", "{\"a\":1}\n{\"a\":\n7\n[1]\n{\"a\":2}\n", 2, 3, "a.jsonl line 2: not valid JSON");
    check("a.jsonl", "{\"a\":1,\"A\":2}\n{\"a\":2}\n", 1, 1, "a.jsonl line 1: a key stands there twice");
    check("a.jsonl", "{\"a\":\"\\ud800\"}\n{\"a\":2}\n", 1, 1, "a.jsonl line 1: not valid JSON");
    check("a.jsonl", b"{\"a\":\"\xff\"}\n{\"a\":2}\n", 1, 1, "a.jsonl line 1: not UTF-8");
}

#[test]
fn a_quote_that_is_never_closed_costs_its_own_line_only() {
    let cause = "a.csv line 3: a quote is opened and never closed";
    check("a.csv", "a,b\n1,2\n\"3,4\n5,6\n7,8\n", 3, 1, cause);
    check("a.csv", "a,b\n1,2\n3,\"4", 1, 1, cause);
    // Two of them: the second closes the first, and text follows.
    check("a.csv", "a,b\n1,2\n\"3,4\n\"5,6\n7,8\n", 2, 2, "a.csv line 3: text follows a closing quote");
}

#[test]
fn lines_are_counted_through_quoted_line_ends() {
    check("a.csv", "a,b\r\n\"x\r\ny\r\nz\",2\r\n\r\n3\r\n", 1, 1, "a.csv line 6: 1 fields where the header has 2");
}

#[test]
fn a_record_beyond_the_bound_is_bad_and_the_next_one_good() {
    let long = "x".repeat(2_000_000);
    let cases = [
        ("a.csv", format!("a,b\n1,2\n{long},3\n4,5\n")),
        ("a.csv", format!("a,b\n1,2\n\"{long}\",3\n4,5\n")),
        ("a.jsonl", format!("{{\"a\":1}}\n{{\"a\":1}}\n{{\"a\":\"{long}\"}}\n")),
    ];
    for (file, content) in cases {
        let mut folder = Folder::with(file, content);
        folder.limits.record_bytes = 1_000_000;
        let report = folder.table(file);
        assert_eq!((report.rows, report.bad_rows), (2, 1), "{:?}", report.error);
        assert!(report.first_bad.unwrap().ends_with("line 3: longer than a record may be"));
    }
}

#[test]
fn a_file_of_bad_rows_only_is_an_error() {
    let folder = Folder::with("a.csv", "a,b\n1\n2\n");
    let report = folder.table("a.csv");
    assert_eq!(report.state, TableState::Error);
    let expected = "not one of 2 rows can be read; a.csv line 2: 1 fields where the header has 2";
    assert_eq!(report.error.as_deref(), Some(expected));
}

#[test]
fn nothing_of_a_cell_gets_into_the_report() {
    let secret = "4111-1111-1111-1111";
    for (file, content) in [
        ("a.csv", format!("a,b\n1,2\n{secret}\n")),
        ("a.jsonl", format!("{{\"a\":1}}\n{{\"a\":\"{secret}\n")),
        ("a.csv", format!("a,b\n\"{secret}\"x,2\n1,2\n")),
    ] {
        let report = Folder::with(file, content).table(file);
        assert_eq!(report.bad_rows, 1);
        assert!(!format!("{report:?}").contains(secret));
    }
}

#[test]
fn an_unchanged_table_still_tells_its_bad_rows() {
    let folder = Folder::with("a.csv", "a,b\n1,2\n3\n");
    let first = folder.table("a.csv");
    let second = folder.table("a.csv");
    assert_eq!(second.state, TableState::Unchanged);
    assert_eq!((second.bad_rows, second.first_bad), (1, first.first_bad));
}
