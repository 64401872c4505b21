//! Whatever stands in a file: no panic, and every row is either in the table or counted bad.

use agnes_connectors::TableState;
use proptest::prelude::*;

use crate::support::Folder;

fn consistent(file: &str, content: &[u8]) -> Result<(), TestCaseError> {
    let folder = Folder::with(file, content);
    let report = folder.table(file);
    match report.state {
        TableState::Error => prop_assert!(report.error.is_some()),
        _ => {
            prop_assert_eq!(folder.rows("SELECT count(*) FROM t"), [format!("({})", report.rows)]);
            prop_assert_eq!(report.bad_rows == 0, report.first_bad.is_none());
            let lines = content.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
            prop_assert!(report.rows + report.bad_rows <= lines, "a row takes a line");
        }
    }
    Ok(())
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,20}",
        "-?[0-9]{1,3}\\.[0-9]{1,3}(e-?[0-9]{1,2})?",
        "(true|FALSE|\\\\N|NULL||2026-0[1-9]-[0-3][0-9]|2026-01-01[ T]10:00:00Z?)",
        "[a-zá-ž,;\"'\r\n\t |\\\\]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        consistent("t.csv", &content)?;
        consistent("t.jsonl", &content)?;
    }

    #[test]
    fn any_soup_of_delimiters_is_read_or_refused(content in "[a,\"\r\n;1\u{feff}\0\\\\]{0,200}") {
        consistent("t.csv", content.as_bytes())?;
        consistent("t.tsv", content.as_bytes())?;
    }

    #[test]
    fn what_was_written_by_the_book_is_read_back(
        rows in proptest::collection::vec(proptest::collection::vec(field(), 3), 1..20)
    ) {
        let mut csv = "a,b,c\r\n".to_owned();
        for row in &rows {
            let quoted: Vec<String> = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
            csv.push_str(&format!("{}\r\n", quoted.join(",")));
        }
        let folder = Folder::with("t.csv", csv);
        let report = folder.table("t.csv");
        prop_assert_eq!((&report.error, report.bad_rows, report.rows), (&None, 0, rows.len() as u64));
        // Text columns come back letter for letter.
        for (position, name) in ["a", "b", "c"].iter().enumerate() {
            if folder.columns("t")[position].ends_with("VARCHAR") {
                let expected: Vec<String> = rows.iter().map(|row| hex::encode_upper(&row[position])).collect();
                let found = folder.rows(&format!("SELECT hex(coalesce({name}, '')) FROM t"));
                let found: Vec<String> = found.iter().map(|row| row.trim_matches(['(', ')', '\'']).to_owned()).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
