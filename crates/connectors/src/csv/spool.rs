//! The rows that were read, kept as text on disk until the types of all columns are known.
//!
//! A type is only certain after the last row, and memory must not grow with the file. So rows go
//! to plain segments first, in a dialect of ours; DuckDB makes them parquet in one go. A new
//! segment begins whenever a file or a row brings a new column.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::infer::Inference;
use crate::duck;
use crate::error::Error;

/// How a missing value is written; the same text as a value is written in quotes.
const NULL: &[u8] = b"\\N";
/// Bytes between two looks at the free space.
const SPACE_CHECK: u64 = 64 << 20;
const SPACE_LEFT: u64 = 256 << 20;

/// A column and what is known of its type.
pub(super) struct Column {
    pub name: String,
    pub inference: Inference,
}

struct Segment {
    path: PathBuf,
    columns: usize,
    rows: u64,
}

/// Rows on disk.
pub(super) struct Spool<'a> {
    folder: &'a Path,
    most_columns: usize,
    columns: Vec<Column>,
    /// Columns by lower-case name: DuckDB does not tell `Id` from `id`.
    by_name: HashMap<String, usize>,
    segments: Vec<Segment>,
    file: Option<BufWriter<File>>,
    /// Where the cells of the current row are in `text`; empty cells are NULL.
    cells: Vec<(usize, usize)>,
    text: String,
    line: Vec<u8>,
    rows: u64,
    longest: usize,
    unchecked: u64,
}

impl<'a> Spool<'a> {
    /// A spool that writes below `folder`.
    pub(super) fn new(folder: &'a Path, most_columns: usize) -> Self {
        Self {
            folder,
            most_columns,
            columns: Vec::new(),
            by_name: HashMap::new(),
            segments: Vec::new(),
            file: None,
            cells: Vec::new(),
            text: String::new(),
            line: Vec::new(),
            rows: 0,
            longest: 0,
            unchecked: 0,
        }
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether no column is known.
    pub(super) fn is_shapeless(&self) -> bool {
        self.columns.is_empty()
    }

    /// The column of this name, a new one if there is none.
    pub(super) fn column(&mut self, name: &str) -> Result<usize, Error> {
        let key = name.to_lowercase();
        if let Some(column) = self.by_name.get(&key) {
            return Ok(*column);
        }
        if self.columns.len() >= self.most_columns {
            return Err(Error::TooManyColumns(self.most_columns));
        }
        let column = self.columns.len();
        self.columns.push(Column { name: name.to_owned(), inference: Inference::default() });
        self.by_name.insert(key, column);
        Ok(column)
    }

    /// Begins a row of NULLs.
    pub(super) fn begin(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.cells.resize(self.columns.len(), (0, 0));
    }

    /// Sets a cell; `false` when it was set before. Empty text is NULL.
    pub(super) fn set(&mut self, column: usize, text: &str, observe: impl FnOnce(&mut Inference, &str)) -> bool {
        if column >= self.cells.len() {
            self.cells.resize(column + 1, (0, 0));
        }
        let cell = &mut self.cells[column];
        if cell.0 != cell.1 {
            return false;
        }
        let start = self.text.len();
        self.text.push_str(text);
        *cell = (start, self.text.len());
        if !text.is_empty() {
            observe(&mut self.columns[column].inference, text);
        }
        true
    }

    /// Writes the row.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        if self.segments.last().is_none_or(|segment| segment.columns < self.columns.len()) {
            self.open_segment()?;
        }
        self.cells.resize(self.columns.len(), (0, 0));
        self.line.clear();
        for (position, (start, end)) in self.cells.iter().enumerate() {
            if position > 0 {
                self.line.push(b',');
            }
            write_cell(&mut self.line, &self.text.as_bytes()[*start..*end]);
        }
        self.line.push(b'\n');
        if let (Some(file), Some(segment)) = (&mut self.file, self.segments.last_mut()) {
            file.write_all(&self.line).map_err(Error::io("write", &segment.path))?;
            segment.rows += 1;
        }
        self.rows += 1;
        self.longest = self.longest.max(self.line.len());
        self.unchecked += self.line.len() as u64;
        if self.unchecked > SPACE_CHECK { self.check_space() } else { Ok(()) }
    }

    /// The query that gives all rows with the types their columns turned out to have.
    pub(super) fn finish(&mut self) -> Result<String, Error> {
        if self.segments.is_empty() {
            self.open_segment()?;
        }
        if let Some(mut file) = self.file.take() {
            file.flush().map_err(Error::io("write in", self.folder))?;
        }
        let selects: Vec<String> =
            self.segments.iter().map(|segment| self.select(segment)).collect::<Result<_, _>>()?;
        Ok(selects.join(" UNION ALL "))
    }

    fn select(&self, segment: &Segment) -> Result<String, Error> {
        let columns: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let value = if at < segment.columns { format!("c{at}") } else { "NULL".to_owned() };
                let sql = column.inference.data_type().sql();
                format!("CAST({value} AS {sql}) AS {}", duck::identifier(&column.name))
            })
            .collect();
        let from = if segment.columns == 0 {
            format!("range({})", segment.rows)
        } else {
            let names: Vec<String> = (0..segment.columns).map(|at| format!("'c{at}': 'VARCHAR'")).collect();
            // DuckDB's buffers must hold a line; by default that is 2 MB.
            let line = self.longest.max(2 << 20) + 1;
            format!(
                "read_csv({}, columns = {{{}}}, auto_detect = false, header = false, delim = ',', quote = '\"',
                 escape = '\"', nullstr = '\\N', allow_quoted_nulls = false, new_line = '\\n', strict_mode = true,
                 max_line_size = {line}, buffer_size = {})",
                duck::path_literal(&segment.path)?,
                names.join(", "),
                line * 4
            )
        };
        Ok(format!("SELECT {} FROM {from}", columns.join(", ")))
    }

    fn open_segment(&mut self) -> Result<(), Error> {
        if let Some(mut file) = self.file.take() {
            file.flush().map_err(Error::io("write in", self.folder))?;
        }
        let path = self.folder.join(format!("rows-{}.csv", self.segments.len()));
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        self.file = Some(BufWriter::with_capacity(256 << 10, file));
        self.segments.push(Segment { path, columns: self.columns.len(), rows: 0 });
        Ok(())
    }

    fn check_space(&mut self) -> Result<(), Error> {
        self.unchecked = 0;
        match rustix::fs::statvfs(self.folder) {
            Ok(space) if space.f_bavail.saturating_mul(space.f_frsize) < SPACE_LEFT => Err(Error::NoSpace),
            _ => Ok(()),
        }
    }
}

fn write_cell(line: &mut Vec<u8>, text: &[u8]) {
    if text.is_empty() {
        line.extend_from_slice(NULL);
    } else if text == NULL || text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        line.push(b'"');
        for byte in text {
            if *byte == b'"' {
                line.push(b'"');
            }
            line.push(*byte);
        }
        line.push(b'"');
    } else {
        line.extend_from_slice(text);
    }
}
