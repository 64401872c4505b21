//! One table: from its files to a parquet file, or the finding that nothing changed.

use std::path::{Path, PathBuf};

use duckdb::Connection;

use super::read::{Format, Input, Opened, Packing, Watch};
use super::spool::Spool;
use super::state::{Remembered, Seen, Stamp};
use super::{Limits, delimited, json};
use crate::duck;
use crate::error::Error;

/// Bytes between two words of progress.
const PROGRESS_STEP: u64 = 4 << 20;

/// Told the bytes read and the rows found so far.
pub(super) type OnProgress<'a> = dyn FnMut(u64, u64) + 'a;

/// A table that was written.
pub(super) struct Written {
    pub rows: u64,
    pub remembered: Remembered,
}

/// Rows that are not in the table.
#[derive(Debug, Default)]
pub(super) struct BadRows {
    count: u64,
    first: Option<String>,
}

/// A file while its rows are read.
pub(super) struct Reading<'a> {
    input: &'a Input,
    limits: Limits,
    watch: &'a Watch,
    bad: &'a mut BadRows,
    before: u64,
    told: u64,
    progress: &'a mut OnProgress<'a>,
}

impl Reading<'_> {
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Counts a bad row; the first one is described.
    pub(super) fn bad(&mut self, line: u64, cause: &str) {
        self.bad.count += 1;
        self.bad.first.get_or_insert_with(|| format!("{} line {line}: {cause}", self.input.name));
    }

    /// Says how far it is, now and then.
    pub(super) fn tick(&mut self, rows: u64) {
        let bytes = self.watch.bytes();
        if bytes - self.told >= PROGRESS_STEP {
            self.told = bytes;
            (self.progress)(self.before + bytes, rows);
        }
    }

    pub(super) fn failed(&self, error: std::io::Error) -> Error {
        Error::io("read", &self.input.path)(error)
    }

    pub(super) fn empty(&self) -> Error {
        Error::EmptyFile(self.input.name.clone())
    }

    pub(super) fn json_list(&self) -> Error {
        Error::JsonList(self.input.name.clone())
    }

    pub(super) fn header(&self, cause: &'static str) -> Error {
        Error::Header { file: self.input.name.clone(), cause }
    }
}

/// Whether the files are those that were read before. Gives what to remember now: equal bytes
/// under a new time are still the same.
pub(super) fn unchanged(inputs: &[Input], remembered: &Remembered) -> Result<Option<Vec<Seen>>, Error> {
    if inputs.len() != remembered.inputs.len() {
        return Ok(None);
    }
    let mut seen = Vec::with_capacity(inputs.len());
    for (input, before) in inputs.iter().zip(&remembered.inputs) {
        let stamp = input.stamp()?;
        if input.name != before.file || stamp.size != before.stamp.size {
            return Ok(None);
        }
        let now = if stamp == before.stamp { before.clone() } else { input.fingerprint()? };
        if now.md5 != before.md5 {
            return Ok(None);
        }
        seen.push(now);
    }
    Ok(Some(seen))
}

/// Makes the parquet file `target` of the files; `scratch` is an empty folder.
pub(super) fn write(
    inputs: &[Input],
    limits: Limits,
    connection: &Connection,
    scratch: &Path,
    target: &Path,
    progress: &mut OnProgress<'_>,
) -> Result<Written, Error> {
    let parquet = inputs.iter().filter(|input| input.format == Format::Parquet).count();
    let (given, bad, seen, query) = if parquet == 0 {
        text(inputs, limits, scratch, progress)?
    } else if parquet == inputs.len() {
        binary(inputs, limits, scratch)?
    } else {
        return Err(Error::Mixed);
    };
    let file = duck::path_literal(target)?;
    connection
        .execute_batch(&format!("COPY ({query}) TO {file} (FORMAT parquet, COMPRESSION zstd)"))
        .map_err(Error::during("write the parquet file"))?;
    // DuckDB read the files themselves: they must still be what was hashed.
    for (input, seen) in inputs.iter().zip(&seen) {
        if input.format == Format::Parquet && input.stamp()? != seen.stamp {
            return Err(Error::ChangedWhileRead(input.name.clone()));
        }
    }
    let written: u64 = connection
        .query_row(&format!("SELECT count(*) FROM read_parquet({file})"), [], |row| row.get(0))
        .map_err(Error::during("read the parquet file back"))?;
    match given {
        Some(given) if given != written => return Err(Error::RowsLost { given, written }),
        _ => {}
    }
    let output = Stamp::of_file(target).ok_or(Error::RowsLost { given: written, written: 0 })?;
    let remembered = Remembered { inputs: seen, output, bad_rows: bad.count, first_bad: bad.first };
    Ok(Written { rows: written, remembered })
}

type Prepared = (Option<u64>, BadRows, Vec<Seen>, String);

/// Reads text files into a spool and gives the query over it.
fn text(inputs: &[Input], limits: Limits, scratch: &Path, progress: &mut OnProgress<'_>) -> Result<Prepared, Error> {
    let mut spool = Spool::new(scratch, limits.columns);
    let mut bad = BadRows::default();
    let mut all_seen = Vec::with_capacity(inputs.len());
    let (mut left, mut before) = (limits.table_bytes, 0);
    for input in inputs {
        let Opened { mut content, watch } = input.open(left)?;
        let mut reading = Reading {
            input,
            limits,
            watch: &watch,
            bad: &mut bad,
            before,
            told: 0,
            progress: &mut |bytes, rows| progress(bytes, rows),
        };
        match input.format {
            Format::JsonLines => json::read(&mut content, &mut spool, &mut reading)?,
            Format::Tsv => delimited::read(&mut content, Some(b'\t'), &mut spool, &mut reading)?,
            Format::Csv | Format::Parquet => delimited::read(&mut content, None, &mut spool, &mut reading)?,
        }
        left = content.left();
        let seen = watch.finish(input)?;
        before += seen.stamp.size;
        all_seen.push(seen);
    }
    // An empty table in place of rows nobody could read would be a lie.
    if let (0, Some(first)) = (spool.rows(), &bad.first) {
        return Err(Error::EveryRowBad { rows: bad.count, first: first.clone() });
    }
    if spool.is_shapeless() {
        return Err(Error::NoColumns(inputs.first().map(|input| input.name.clone()).unwrap_or_default()));
    }
    let query = spool.finish()?;
    Ok((Some(spool.rows()), bad, all_seen, query))
}

/// Lays parquet files under names that DuckDB takes for no pattern, and gives the query over them.
fn binary(inputs: &[Input], limits: Limits, scratch: &Path) -> Result<Prepared, Error> {
    let mut files = Vec::with_capacity(inputs.len());
    let mut all_seen = Vec::with_capacity(inputs.len());
    let mut left = limits.table_bytes;
    for (position, input) in inputs.iter().enumerate() {
        let path = scratch.join(format!("part-{position}.parquet"));
        if input.packing == Packing::None {
            std::os::unix::fs::symlink(&input.path, &path).map_err(Error::io("link", &path))?;
            all_seen.push(input.fingerprint()?);
        } else {
            let Opened { mut content, watch } = input.open(left)?;
            unpack(&mut content, &path)?;
            left = content.left();
            all_seen.push(watch.finish(input)?);
        }
        files.push(duck::path_literal(&path)?);
    }
    let query = format!("SELECT * FROM read_parquet([{}], union_by_name = true)", files.join(", "));
    Ok((None, BadRows::default(), all_seen, query))
}

fn unpack(content: &mut impl std::io::Read, path: &PathBuf) -> Result<(), Error> {
    let mut file = std::fs::File::create(path).map_err(Error::io("create", path))?;
    std::io::copy(content, &mut file).map_err(Error::io("unpack", path))?;
    Ok(())
}
