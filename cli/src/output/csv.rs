//! Results as RFC 4180.

use super::cells::ResultSet;

/// A header line and a line per row; quoted only where a reader needs it.
pub fn render(result: &ResultSet) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let rows = result.rows.iter().map(|row| row.iter().map(super::cells::Cell::text).collect());
    for record in std::iter::once(result.columns.clone()).chain(rows) {
        // Writing to memory does not fail.
        let _ = writer.write_record(record);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::cells::Cell, *};

    #[test]
    fn only_cells_that_need_it_are_quoted() {
        let text = |text: &str| Cell::Text(text.into());
        let result = ResultSet {
            columns: vec!["a".into(), "b".into()],
            rows: vec![
                vec![text("b,c"), text("say \"x\"")],
                vec![Cell::Null, Cell::Bool(true)],
                vec![text("l\n2"), text(" ")],
            ],
            truncated: false,
        };
        assert_eq!(String::from_utf8(render(&result)).unwrap(), "a,b\n\"b,c\",\"say \"\"x\"\"\"\n,True\n\"l\n2\", \n");
    }
}
