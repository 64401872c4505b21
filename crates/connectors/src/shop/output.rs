//! Where the rows go: CSV first, and parquet made of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use agnes_contract::id::SqlIdent;
use chrono::{NaiveDate, NaiveTime};

use super::calendar::{self, Moment};
use super::{Format, Options, table_descriptions};
use crate::error::Error;
use crate::extract::{MetaRow, QueryMode, Writer};
use crate::{duck, files};

/// A column and its type in parquet.
pub(super) type Columns = &'static [(&'static str, &'static str)];

/// A shop being written.
pub(super) struct Output {
    target: PathBuf,
    format: Format,
    /// Where CSV files go; private unless they are wanted.
    csv: PathBuf,
    writer: Option<Writer>,
    scratch: tempfile::TempDir,
    tables: Vec<(&'static str, Columns, u64)>,
}

impl Output {
    pub(super) fn open(options: &Options<'_>) -> Result<Self, Error> {
        files::make_directory(options.output)?;
        let target = options.output.canonicalize().map_err(Error::io("find", options.output))?;
        let scratch = tempfile::Builder::new()
            .prefix(".shop-")
            .tempdir_in(&target)
            .map_err(Error::io("create a folder in", &target))?;
        let writer = match options.format {
            Format::Extract => Some(Writer::open_directory(&target, "shop")?),
            _ => None,
        };
        let csv = match options.format {
            Format::Csv | Format::Both => target.clone(),
            Format::Parquet | Format::Extract => scratch.path().to_owned(),
        };
        Ok(Self { target, format: options.format, csv, writer, scratch, tables: Vec::new() })
    }

    /// Begins a table.
    pub(super) fn table(&self, name: &'static str, columns: Columns) -> Result<Table, Error> {
        let path = self.scratch.path().join(format!("{name}.csv.tmp"));
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        let mut table = Table {
            name,
            columns,
            path,
            file: BufWriter::with_capacity(256 << 10, file),
            line: String::new(),
            fields: 0,
            rows: 0,
        };
        for (column, _) in columns {
            table.text(column);
        }
        table.write_line()?;
        Ok(table)
    }

    /// Ends a table: all of its rows are there.
    pub(super) fn keep(&mut self, mut table: Table) -> Result<(), Error> {
        table.file.flush().map_err(Error::io("write", &table.path))?;
        files::put_in_place(&table.path, &self.csv.join(format!("{}.csv", table.name)))?;
        self.tables.push((table.name, table.columns, table.rows));
        Ok(())
    }

    /// Writes what else is wanted; gives the rows of each table.
    pub(super) fn finish(self, end: NaiveDate) -> Result<BTreeMap<String, u64>, Error> {
        let rows = self.tables.iter().map(|(name, _, rows)| ((*name).to_owned(), *rows)).collect();
        match self.format {
            Format::Csv => {}
            Format::Parquet => self.parquet(&self.target)?,
            Format::Both => {
                let folder = self.target.join("parquet");
                files::make_directory(&folder)?;
                self.parquet(&folder)?;
            }
            Format::Extract => self.extract(end)?,
        }
        Ok(rows)
    }

    fn parquet(&self, folder: &Path) -> Result<(), Error> {
        self.convert(|name| self.scratch.path().join(format!("{name}.parquet")))?;
        for (name, ..) in &self.tables {
            let file = format!("{name}.parquet");
            files::put_in_place(&self.scratch.path().join(&file), &folder.join(&file))?;
        }
        Ok(())
    }

    fn extract(mut self, end: NaiveDate) -> Result<(), Error> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let ident = |name: &str| SqlIdent::new(name).map_err(|_| Error::TableName(name.to_owned()));
        for (name, ..) in &self.tables {
            ident(name)?;
        }
        self.convert(|name| ident(name).map(|name| writer.table_file(&name)).unwrap_or_default())?;
        let mut rows = Vec::new();
        for (name, _, count) in &self.tables {
            let table_name = ident(name)?;
            let path = writer.table_file(&table_name);
            let size_bytes = path.metadata().map_err(Error::io("look at", &path))?.len();
            let description = table_descriptions().iter().find(|(table, _)| table == name).map(|(_, text)| *text);
            rows.push(MetaRow {
                table_name,
                description: description.unwrap_or_default().to_owned(),
                rows: *count,
                size_bytes,
                // The same shop has the same times: its data is as of the end of its period.
                extracted_at: end.and_time(NaiveTime::MIN).and_utc(),
                query_mode: QueryMode::Local,
            });
        }
        writer.publish(&rows, &[])
    }

    /// Makes a parquet file of every CSV file.
    fn convert(&self, target: impl Fn(&str) -> PathBuf) -> Result<(), Error> {
        let connection = duck::open(512, self.scratch.path(), &[&self.target])?;
        for (name, columns, _) in &self.tables {
            let types: Vec<String> = columns.iter().map(|(column, kind)| format!("'{column}': '{kind}'")).collect();
            let sql = format!(
                "COPY (SELECT * FROM read_csv({}, columns = {{{}}}, auto_detect = false, header = true,
                       delim = ',', quote = '\"', escape = '\"', nullstr = '', new_line = '\\r\\n'))
                   TO {} (FORMAT parquet, COMPRESSION zstd)",
                duck::path_literal(&self.csv.join(format!("{name}.csv")))?,
                types.join(", "),
                duck::path_literal(&target(name))?,
            );
            connection.execute_batch(&sql).map_err(Error::during("write the parquet file"))?;
        }
        Ok(())
    }
}

/// A table being written, field by field.
pub(super) struct Table {
    name: &'static str,
    columns: Columns,
    path: PathBuf,
    file: BufWriter<File>,
    line: String,
    fields: usize,
    rows: u64,
}

impl Table {
    /// A text; empty is NULL.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        if self.fields > 0 {
            self.line.push(',');
        }
        self.fields += 1;
        if text.contains([',', '"', '\r', '\n']) {
            self.line.push('"');
            self.line.push_str(&text.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(text);
        }
        self
    }

    /// NULL.
    pub(super) fn null(&mut self) -> &mut Self {
        self.text("")
    }

    /// An id such as `C-000001`, counted from 0 here and from 1 there.
    pub(super) fn id(&mut self, prefix: &str, number: u64, width: usize) -> &mut Self {
        self.text(&format!("{prefix}-{:0width$}", number + 1))
    }

    /// An id, or NULL.
    pub(super) fn maybe_id(&mut self, prefix: &str, number: Option<u32>, width: usize) -> &mut Self {
        match number {
            Some(number) => self.id(prefix, u64::from(number), width),
            None => self.null(),
        }
    }

    /// A whole number.
    pub(super) fn int(&mut self, value: i64) -> &mut Self {
        self.text(&value.to_string())
    }

    /// Yes or no as 1 or 0.
    pub(super) fn flag(&mut self, value: bool) -> &mut Self {
        self.int(i64::from(value))
    }

    /// Hundredths as a number with two decimals.
    pub(super) fn cents(&mut self, value: i64) -> &mut Self {
        let sign = if value < 0 { "-" } else { "" };
        let value = value.unsigned_abs();
        self.text(&format!("{sign}{}.{:02}", value / 100, value % 100))
    }

    /// A day.
    pub(super) fn date(&mut self, value: NaiveDate) -> &mut Self {
        self.text(&value.to_string())
    }

    /// A time.
    pub(super) fn moment(&mut self, value: Moment) -> &mut Self {
        self.text(&calendar::text(value))
    }

    /// A time, or NULL.
    pub(super) fn maybe_moment(&mut self, value: Option<Moment>) -> &mut Self {
        match value {
            Some(value) => self.moment(value),
            None => self.null(),
        }
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.write_line()?;
        self.rows += 1;
        Ok(())
    }

    /// Rows so far; also the number of the next one, from 0.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn write_line(&mut self) -> Result<(), Error> {
        debug_assert_eq!(self.fields, self.columns.len(), "{} has another number of columns", self.name);
        self.line.push_str("\r\n");
        self.file.write_all(self.line.as_bytes()).map_err(Error::io("write", &self.path))?;
        self.line.clear();
        self.fields = 0;
        Ok(())
    }
}
