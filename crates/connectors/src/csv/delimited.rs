//! CSV and TSV files: delimiter, header, rows.

use std::collections::HashSet;
use std::io::Read;

use super::record::{Fault, Next, Records, Row};
use super::spool::Spool;
use super::table::Reading;
use super::window::Window;
use crate::error::Error;

/// Bytes looked at for the delimiter.
const SAMPLE: usize = 64 << 10;
const SAMPLE_RECORDS: usize = 100;
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Reads all rows of a file into the spool. Without a delimiter, it is found out.
pub(super) fn read(
    content: impl Read,
    delimiter: Option<u8>,
    spool: &mut Spool<'_>,
    reading: &mut Reading<'_>,
) -> Result<(), Error> {
    let mut window = Window::new(content);
    let start = window.peek(SAMPLE).map_err(|error| reading.failed(error))?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(reading.header("it is UTF-16; save the file as UTF-8"));
    }
    let mark = if start.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
    let delimiter = delimiter.unwrap_or_else(|| sniff(&start[mark..]));
    window.consume(mark);
    let limits = reading.limits();
    let mut records = Records::new(window, delimiter, limits.record_bytes);
    let mut row = Row::default();
    let columns = header(&mut records, &mut row, spool, reading)?;
    loop {
        match records.next(&mut row).map_err(|error| reading.failed(error))? {
            Next::End => return Ok(()),
            Next::Bad(fault) => reading.bad(records.line(), cause(fault)),
            Next::Record if row.len() != columns.len() => {
                let cause = format!("{} fields where the header has {}", row.len(), columns.len());
                reading.bad(records.line(), &cause);
            }
            Next::Record => match row.texts() {
                None => reading.bad(records.line(), "not UTF-8"),
                Some(texts) => {
                    spool.begin();
                    for (column, text) in columns.iter().zip(texts) {
                        spool.set(*column, text, super::infer::Inference::observe);
                    }
                    spool.end()?;
                    reading.tick(spool.rows());
                }
            },
        }
    }
}

/// Reads the header; gives the spool's column for each field.
fn header<R: Read>(
    records: &mut Records<R>,
    row: &mut Row,
    spool: &mut Spool<'_>,
    reading: &Reading<'_>,
) -> Result<Vec<usize>, Error> {
    match records.next(row).map_err(|error| reading.failed(error))? {
        Next::End => return Err(reading.empty()),
        Next::Bad(fault) => return Err(reading.header(cause(fault))),
        Next::Record => {}
    }
    if row.len() > reading.limits().columns {
        return Err(Error::TooManyColumns(reading.limits().columns));
    }
    let Some(texts) = row.texts() else { return Err(reading.header("it is not UTF-8 text")) };
    unique(texts).iter().map(|name| spool.column(name)).collect()
}

fn cause(fault: Fault) -> &'static str {
    match fault {
        Fault::OpenQuote => "a quote is opened and never closed",
        Fault::TextAfterQuote => "text follows a closing quote",
        Fault::TooLong => "longer than a record may be",
    }
}

/// Names for all columns, none blank, none twice in any case.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<String> = names.map(clean).collect();
    let mut taken: HashSet<String> = HashSet::new();
    // A name made up here must not take the one a later column really has.
    let given: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut result = Vec::with_capacity(names.len());
    for (position, name) in names.into_iter().enumerate() {
        let base = if name.is_empty() { format!("column_{}", position + 1) } else { name.clone() };
        let mut choice = base.clone();
        let mut count = 1_u32;
        while taken.contains(&choice.to_lowercase()) || (choice != name && given.contains(&choice.to_lowercase())) {
            count += 1;
            choice = format!("{base}_{count}");
        }
        taken.insert(choice.to_lowercase());
        result.push(choice);
    }
    result
}

/// A header field as a column name: no blanks around it, no control characters in it.
fn clean(name: &str) -> String {
    name.trim().chars().map(|char| if char.is_control() { '_' } else { char }).collect()
}

/// The delimiter under which most of the first records have as many fields as the header;
/// among equals the one with more fields; a comma when none splits anything.
fn sniff(sample: &[u8]) -> u8 {
    let mut best = (0, 0, b',');
    for delimiter in DELIMITERS {
        let counts = field_counts(sample, delimiter);
        let Some(header) = counts.first().copied().filter(|fields| *fields > 1) else { continue };
        let agreeing = counts.iter().filter(|fields| **fields == header).count();
        let share = agreeing * 1000 / counts.len();
        if (share, header) > (best.0, best.1) {
            best = (share, header, delimiter);
        }
    }
    best.2
}

fn field_counts(sample: &[u8], delimiter: u8) -> Vec<usize> {
    let mut records = Records::new(Window::new(sample), delimiter, sample.len());
    let mut row = Row::default();
    let mut counts = Vec::new();
    while counts.len() < SAMPLE_RECORDS {
        match records.next(&mut row) {
            Ok(Next::Record) => counts.push(row.len()),
            Ok(Next::Bad(_)) => counts.push(0),
            Ok(Next::End) | Err(_) => {
                // The sample ends somewhere inside of its last record.
                if sample.len() >= SAMPLE - 3 && counts.len() > 1 {
                    counts.pop();
                }
                break;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_splits_evenly() {
        let check = |text: &str, expected: char| assert_eq!(char::from(sniff(text.as_bytes())), expected, "{text:?}");
        check("a,b\n1,2\n", ',');
        check("a;b\n1,5;2\n2,5;3\n", ';');
        check("a\tb\tc\n1\t2\t3,4\n", '\t');
        check("a|b\n\"x|y\"|2\n", '|');
        check("name\nx\n", ',');
        check("a;b;c,d\n1;2;3,4\n", ';');
        check("", ',');
        check("\"a;b\",c\n1,2\n", ',');
    }

    #[test]
    fn columns_get_names_of_their_own() {
        let check = |names: &[&str], expected: &[&str]| assert_eq!(unique(names.iter().copied()), expected);
        check(&["a", "b"], &["a", "b"]);
        check(&["a", "A", "a"], &["a", "A_2", "a_3"]);
        check(&["", " ", "x\ty"], &["column_1", "column_2", "x_y"]);
        check(&["a", "a", "a_2"], &["a", "a_3", "a_2"]);
        check(&["", "column_1"], &["column_1_2", "column_1"]);
        check(&[" Länge ", "Šířka"], &["Länge", "Šířka"]);
    }
}
