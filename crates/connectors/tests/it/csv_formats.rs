//! Every format and packing gives the same table.

use agnes_connectors::TableState;

use crate::support::{Folder, gzip, parquet, spec, zstd};

#[test]
fn formats_and_packings_are_told_by_the_name() {
    let csv = "id,name\n1,Žofie\n2,\"a,b\"\n";
    let semicolons = "id;name\n1;Žofie\n2;a,b\n";
    let tsv = "id\tname\n1\tŽofie\n2\ta,b\n";
    let json = "{\"id\":1,\"name\":\"Žofie\"}\n\n{\"name\":\"a,b\",\"id\":2}\n";
    let binary = parquet("SELECT * FROM (VALUES (1::BIGINT, 'Žofie'), (2, 'a,b')) AS t(id, name)");
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a.csv", csv.into()),
        ("a.CSV", format!("\u{feff}{csv}").into()),
        ("b.csv", semicolons.into()),
        ("c.csv", csv.replace(',', "|").replace("\"a|b\"", "\"a,b\"").into()),
        ("crlf.csv", csv.replace('\n', "\r\n").into()),
        ("cr.csv", csv.replace('\n', "\r").into()),
        ("unended.csv", csv.trim_end().into()),
        ("a.csv.gz", gzip(csv)),
        ("two-members.csv.gz", [gzip("id,name\n1,Žof"), gzip("ie\n2,\"a,b\"\n")].concat()),
        ("a.csv.zst", zstd(csv)),
        ("a.tsv", tsv.into()),
        ("a.tsv.gz", gzip(tsv)),
        ("a.jsonl", json.into()),
        ("a.json", json.into()),
        ("a.ndjson.zst", zstd(json)),
        ("a.parquet", binary.clone()),
        ("a.parquet.gz", gzip(&binary)),
        ("a.parquet.zst", zstd(&binary)),
    ];
    for (name, content) in cases {
        let folder = Folder::with(name, content);
        let report = folder.table(name);
        assert_eq!((report.state, &report.error, report.rows), (TableState::Written, &None, 2), "{name}");
        assert_eq!(folder.columns("t"), ["id BIGINT", "name VARCHAR"], "{name}");
        assert_eq!(folder.rows("SELECT * FROM t ORDER BY id"), ["(1, Žofie)", "(2, 'a,b')"], "{name}");
    }
}

#[test]
fn quotes_keep_delimiters_line_ends_and_quotes() {
    let folder = Folder::with("t.csv", "a,b\r\n\"x\r\ny\",\"say \"\"hi\"\", ok\"\r\n\"\n\",5\" pipe\r\n");
    let report = folder.table("t.csv");
    assert_eq!((report.rows, report.bad_rows), (2, 0));
    let lengths = folder.rows("SELECT a = 'x' || chr(13) || chr(10) || 'y', b FROM t LIMIT 1");
    assert_eq!(lengths, ["(true, 'say \\\"hi\\\", ok')".replace("\\\"", "\"")]);
    assert_eq!(folder.rows("SELECT length(a), b FROM t OFFSET 1"), ["(1, '5\" pipe')"]);
}

#[test]
fn json_rows_may_bring_columns_later_and_nest() {
    let lines = r#"{"a":1}
{"a":2,"b":{"x":[1,2]},"when":"2026-01-01"}
{}
{"c":true,"a":2.5,"code":"12"}
{"when":"2026-01-02T10:00:00","big":123456789012345678901234567890}
"#;
    let folder = Folder::with("t.jsonl", lines);
    let report = folder.table("t.jsonl");
    assert_eq!((report.rows, report.bad_rows), (5, 0));
    assert_eq!(
        folder.columns("t"),
        ["a DOUBLE", "b VARCHAR", "when TIMESTAMP", "c BOOLEAN", "code VARCHAR", "big VARCHAR"]
    );
    assert_eq!(folder.rows("SELECT a FROM t"), ["(1.0)", "(2.0)", "(NULL)", "(2.5)", "(NULL)"]);
    assert_eq!(folder.rows("SELECT b, code FROM t WHERE b IS NOT NULL OR code IS NOT NULL").len(), 2);
    assert_eq!(folder.rows("SELECT big FROM t OFFSET 4"), ["(123456789012345678901234567890)"]);
}

#[test]
fn a_pattern_is_one_table_by_column_name() {
    let folder = Folder::new();
    folder.put("sales/2026-01.csv", "id,amount\n1,10\n2,20\n");
    folder.put("sales/2026-02.csv.gz", gzip("AMOUNT;id;note\n1,5;3;x\n"));
    folder.put("sales/2026-03.jsonl", "{\"id\":4,\"extra\":true}\n");
    folder.put("sales/.hidden-2026.csv", "id\n99\n");
    folder.put("sales/other.csv", "id\n98\n");
    let mut table = spec("sales", "2026-*");
    table.bucket = Some("sales".to_owned());
    let report = folder.run(&[table]);
    assert_eq!(report.tables[0].error, None);
    assert_eq!(folder.columns("sales"), ["id BIGINT", "amount VARCHAR", "note VARCHAR", "extra BOOLEAN"]);
    assert_eq!(
        folder.rows("SELECT * FROM sales"),
        ["(1, 10, NULL, NULL)", "(2, 20, NULL, NULL)", "(3, '1,5', x, NULL)", "(4, NULL, NULL, true)"]
    );
}

#[test]
fn parquet_files_of_a_pattern_are_united_and_not_mixed_with_text() {
    let folder = Folder::new();
    folder.put("a [1].parquet", parquet("SELECT 1 AS id"));
    folder.put("b.parquet", parquet("SELECT 2 AS id, 'x' AS note"));
    let report = folder.run(&[spec("t", "*.parquet")]);
    assert_eq!(report.tables[0].error, None);
    assert_eq!(folder.rows("SELECT * FROM t ORDER BY id"), ["(1, NULL)", "(2, x)"]);
    folder.put("c.csv", "id\n3\n");
    let report = folder.run(&[spec("t", "*")]);
    assert!(report.tables[0].error.as_deref().unwrap().contains("one kind"), "{report:?}");
}

#[test]
fn a_header_alone_is_a_table_without_rows() {
    let folder = Folder::with("t.csv", "id,name\n");
    let report = folder.table("t.csv");
    assert_eq!((report.state, report.rows), (TableState::Written, 0));
    assert_eq!(folder.columns("t"), ["id VARCHAR", "name VARCHAR"]);
    assert_eq!(folder.rows("SELECT count(*) FROM t"), ["(0)"]);
}

#[test]
fn odd_column_names_survive() {
    let folder = Folder::with("t.csv", "a,A,,select,it's \"x\",Größe\n1,2,3,4,5,6\n");
    assert_eq!(folder.table("t.csv").error, None);
    let columns = folder.columns("t");
    assert_eq!(columns[..4], ["a BIGINT", "A_2 BIGINT", "column_3 BIGINT", "select BIGINT"]);
    assert_eq!(folder.rows("SELECT \"Größe\", \"it's \"\"x\"\"\" FROM t"), ["(6, 5)"]);
}

#[test]
fn a_huge_field_fits() {
    let field = "ž\"\n".repeat(1 << 20);
    let folder = Folder::with("t.csv", format!("a,b\n\"{}\",1\n", field.replace('"', "\"\"")));
    let report = folder.table("t.csv");
    assert_eq!((report.error, report.rows), (None, 1));
    assert_eq!(folder.rows("SELECT length(a), b FROM t"), [format!("({}, 1)", 3 << 20)]);
}

#[test]
fn what_cannot_be_a_table_is_an_error_with_a_reason() {
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty.csv", Vec::new(), "is empty"),
        ("blank.csv", "\u{feff}\n\n".into(), "is empty"),
        ("empty.jsonl", "\n".into(), "is empty"),
        ("list.json", "[{\"a\":1}]".into(), "JSON list"),
        ("nothing.jsonl", "{}\n{}\n".into(), "has a column"),
        ("utf16.csv", vec![0xFF, 0xFE, b'a', 0], "UTF-16"),
        ("packed.csv", gzip("a\n1\n"), "header line"),
        ("cut.csv.gz", gzip("a,b\n1,2\n".repeat(100))[..30].to_vec(), "could not read"),
        ("not.parquet", "PAR1 or not".into(), "could not write the parquet file"),
        ("notes.pdf", "%PDF".into(), "neither CSV"),
        ("open.csv", "\"a,b\n1,2\n".into(), "never closed"),
    ];
    for (name, content, expected) in cases {
        let folder = Folder::with(name, content);
        let report = folder.table(name);
        let error = report.error.unwrap_or_default();
        assert_eq!(report.state, TableState::Error, "{name}");
        assert!(error.contains(expected), "{name}: {error}");
        assert!(!folder.extract().join("extract.duckdb").exists(), "{name}");
    }
}

#[test]
fn a_small_file_that_unpacks_to_a_huge_one_is_stopped() {
    let mut folder = Folder::with("t.csv.gz", gzip(format!("a\n{}", "1\n".repeat(1_000_000))));
    folder.limits.table_bytes = 100_000;
    let report = folder.table("t.csv.gz");
    assert!(report.error.unwrap().contains("unpacks to more"), "bounded");
    folder.put("t.parquet.zst", zstd(vec![0; 1_000_000]));
    assert!(folder.table("t.parquet.zst").error.unwrap().contains("unpacks to more"), "bounded");
}
