//! Results and lists for people.

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};

use super::{
    cells::{Cell, ResultSet},
    text::clean,
};

/// A box with a header. Cells are folded to fit only where a person looks at them.
pub fn boxed(result: &ResultSet, fold: bool) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(if fold { ContentArrangement::Dynamic } else { ContentArrangement::Disabled });
    table.set_header(result.columns.iter().map(|name| clean(name)));
    for row in &result.rows {
        table.add_row(row.iter().map(|cell| {
            let aligned = comfy_table::Cell::new(clean(&cell.text()));
            match cell {
                Cell::Number(_) => aligned.set_alignment(comfy_table::CellAlignment::Right),
                _ => aligned,
            }
        }));
    }
    table.to_string()
}

/// A line of columns, left-aligned and padded to their widths; the last one as it is.
pub fn columns(cells: &[(&str, usize)]) -> String {
    let padded: Vec<String> = cells.iter().map(|(text, width)| format!("{:<width$}", clean(text))).collect();
    padded.join("  ").trim_end().to_owned()
}
