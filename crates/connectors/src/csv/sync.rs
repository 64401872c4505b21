//! One run over a folder: which tables changed, their new files, the extract, the report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use agnes_contract::id::{SourceName, SqlIdent};
use agnes_store::Clock;
use chrono::{DateTime, Utc};
use duckdb::Connection;

use super::discover::discover;
use super::read::Input;
use super::state::{Remembered, Stamp, State};
use super::table::{self, Written};
use super::{CsvSource, SOURCE, TableSpec};
use crate::duck;
use crate::error::Error;
use crate::extract::{self, MetaRow, QueryMode, Writer};
use crate::report::{Progress, Report, TableReport, TableState};

pub(super) fn run(
    source: &CsvSource,
    all: &[TableSpec],
    only: Option<&[String]>,
    clock: &Clock,
    progress: &mut dyn FnMut(Progress),
) -> Report {
    let chosen: Vec<usize> = (0..all.len()).filter(|at| is_chosen(&all[*at], only)).collect();
    let run = match Run::start(source, all, clock) {
        Ok(run) => run,
        Err(error) => {
            let failed = |at: &usize| report(&all[*at], Outcome::Failed(error.chain(), None), Duration::ZERO);
            return Report { changed: false, tables: chosen.iter().map(failed).collect() };
        }
    };
    run.work(all, &chosen, progress)
}

fn is_chosen(spec: &TableSpec, only: Option<&[String]>) -> bool {
    only.is_none_or(|only| only.iter().any(|key| *key == spec.id || key.eq_ignore_ascii_case(&spec.name)))
}

struct Run<'a> {
    source: &'a CsvSource,
    /// The folder, or why it cannot be read: tables that are gone still leave the extract.
    root: Result<PathBuf, String>,
    writer: Writer,
    before: State,
    state: State,
    /// What is published, by lower-case name.
    published: BTreeMap<String, MetaRow>,
    is_published: bool,
    connection: Option<Connection>,
    now: DateTime<Utc>,
}

enum Outcome {
    Written(MetaRow, Remembered),
    Unchanged(MetaRow, Remembered),
    Failed(String, Option<MetaRow>),
}

impl<'a> Run<'a> {
    fn start(source: &'a CsvSource, all: &[TableSpec], clock: &Clock) -> Result<Self, Error> {
        let name = SourceName::new(SOURCE).map_err(|_| Error::Reserved(SOURCE.to_owned()))?;
        let writer = Writer::open(&source.extracts_dir, &name)?;
        let before = State::load(writer.directory());
        let published = writer.published();
        let is_published = published.is_some();
        let published = published.unwrap_or_else(|| writer.recovered(&identifiers(all)));
        let by_name = |row: MetaRow| (row.table_name.as_str().to_lowercase(), row);
        Ok(Self {
            source,
            root: source.root.canonicalize().map_err(|error| Error::io("open the folder", &source.root)(error).chain()),
            writer,
            state: before.clone(),
            before,
            published: published.into_iter().map(by_name).collect(),
            is_published,
            connection: None,
            now: clock.now(),
        })
    }

    fn work(mut self, all: &[TableSpec], chosen: &[usize], progress: &mut dyn FnMut(Progress)) -> Report {
        let mut rows = self.published.clone();
        let mut report = Report::default();
        let mut names = BTreeSet::new();
        for (at, spec) in all.iter().enumerate() {
            let key = spec.name.to_lowercase();
            let is_first = names.insert(key.clone());
            let Some(done) = chosen.iter().position(|chosen| *chosen == at) else { continue };
            progress(Progress::Started { table: spec.name.clone(), done: done as u64, total: chosen.len() as u64 });
            let started = Instant::now();
            let outcome = if is_first { self.table(spec, progress) } else { same_name(spec) };
            if let Outcome::Written(row, seen) | Outcome::Unchanged(row, seen) = &outcome {
                rows.insert(key.clone(), row.clone());
                self.state.tables.insert(key, seen.clone());
            }
            let entry = self::report(spec, outcome, started.elapsed());
            progress(Progress::Finished(entry.clone()));
            report.tables.push(entry);
        }
        rows.retain(|key, _| names.contains(key));
        self.state.tables.retain(|key, _| names.contains(key));
        self.publish(rows, report, progress)
    }

    /// Publishes what changed, and only then remembers what was read.
    fn publish(
        self,
        rows: BTreeMap<String, MetaRow>,
        mut report: Report,
        progress: &mut dyn FnMut(Progress),
    ) -> Report {
        let wrote = report.tables.iter().any(|table| table.state == TableState::Written);
        let is_missing = !self.is_published && !rows.is_empty();
        let directory = self.writer.directory().to_owned();
        if wrote || is_missing || rows != self.published {
            progress(Progress::Publishing);
            let rows: Vec<MetaRow> = rows.into_values().collect();
            if let Err(error) = self.writer.publish(&rows, &[]) {
                for table in &mut report.tables {
                    if table.state == TableState::Written {
                        (table.state, table.error) = (TableState::Error, Some(error.chain()));
                    }
                }
                return report;
            }
            report.changed = true;
        }
        if self.state != self.before
            && let Err(error) = self.state.save(&directory)
        {
            tracing::warn!(error = error.chain(), "Could not remember what was read; the next run reads it again");
        }
        report
    }

    fn table(&mut self, spec: &TableSpec, progress: &mut dyn FnMut(Progress)) -> Outcome {
        let key = spec.name.to_lowercase();
        self.try_table(spec, progress).unwrap_or_else(|error| Outcome::Failed(error, self.published.get(&key).cloned()))
    }

    fn try_table(&mut self, spec: &TableSpec, progress: &mut dyn FnMut(Progress)) -> Result<Outcome, String> {
        let chain = |error: Error| error.chain();
        let name = SqlIdent::new(spec.name.clone()).map_err(|_| Error::TableName(spec.name.clone()).chain())?;
        if extract::is_reserved(&name) {
            return Err(Error::Reserved(spec.name.clone()).chain());
        }
        let inputs = discover(self.root.as_ref()?, spec).map_err(chain)?;
        if let Some(unchanged) = self.unchanged(spec, &name, &inputs).map_err(chain)? {
            return Ok(unchanged);
        }
        let written = self.write(&name, &inputs, progress).map_err(chain)?;
        let row = MetaRow {
            table_name: name,
            description: description(spec),
            rows: written.rows,
            size_bytes: written.remembered.output.size,
            extracted_at: self.now,
            query_mode: QueryMode::Local,
        };
        Ok(Outcome::Written(row, written.remembered))
    }

    /// The table as it is, if neither its files nor what we made of them changed.
    fn unchanged(&self, spec: &TableSpec, name: &SqlIdent, inputs: &[Input]) -> Result<Option<Outcome>, Error> {
        let key = spec.name.to_lowercase();
        let (Some(row), Some(remembered)) = (self.published.get(&key), self.before.tables.get(&key)) else {
            return Ok(None);
        };
        if row.table_name != *name || Stamp::of_file(&self.writer.published_file(name)) != Some(remembered.output) {
            return Ok(None);
        }
        let Some(inputs) = table::unchanged(inputs, remembered)? else { return Ok(None) };
        let row = MetaRow { description: description(spec), ..row.clone() };
        Ok(Some(Outcome::Unchanged(row, Remembered { inputs, ..remembered.clone() })))
    }

    fn write(
        &mut self,
        name: &SqlIdent,
        inputs: &[Input],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Written, Error> {
        let total_bytes = inputs.iter().filter_map(|input| input.stamp().ok()).map(|stamp| stamp.size).sum();
        let limits = self.source.limits;
        let scratch = Scratch::make(self.writer.scratch())?;
        if self.connection.is_none() {
            self.connection = Some(self.connect()?);
        }
        let connection = self.connection.as_ref().ok_or(Error::Mixed)?;
        let mut tell = |bytes, rows| {
            progress(Progress::Reading { table: name.to_string(), bytes, total_bytes, rows });
        };
        let target = self.writer.table_file(name);
        let written = table::write(inputs, limits, connection, &scratch.0, &target, &mut tell);
        if written.is_err() {
            // Half a file must not be published with the tables that went well.
            crate::files::remove_if_there(&target)?;
        }
        written
    }

    fn connect(&self) -> Result<Connection, Error> {
        // Parquet files are read where they are; all else DuckDB needs is in the extract.
        let mut folders = vec![self.writer.directory()];
        folders.extend(self.root.as_deref().ok());
        duck::open(self.source.limits.memory_mb, self.writer.scratch(), &folders)
    }
}

/// The names that can be tables.
fn identifiers(all: &[TableSpec]) -> Vec<SqlIdent> {
    all.iter()
        .filter_map(|spec| SqlIdent::new(spec.name.clone()).ok())
        .filter(|name| !extract::is_reserved(name))
        .collect()
}

/// The rows of one table on disk; gone with it, so that a run needs room for one table only.
struct Scratch(PathBuf);

impl Scratch {
    fn make(parent: &Path) -> Result<Self, Error> {
        let path = parent.join("table");
        std::fs::create_dir(&path).map_err(Error::io("create", &path))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "Could not remove scratch files");
        }
    }
}

fn description(spec: &TableSpec) -> String {
    spec.description.clone().unwrap_or_default()
}

fn same_name(spec: &TableSpec) -> Outcome {
    Outcome::Failed(Error::SameName(spec.name.clone()).chain(), None)
}

fn report(spec: &TableSpec, outcome: Outcome, took: Duration) -> TableReport {
    let (state, row, seen, error) = match outcome {
        Outcome::Written(row, seen) => (TableState::Written, Some(row), Some(seen), None),
        Outcome::Unchanged(row, seen) => (TableState::Unchanged, Some(row), Some(seen), None),
        Outcome::Failed(error, row) => (TableState::Error, row, None, Some(error)),
    };
    let (bad_rows, first_bad) = seen.map_or((0, None), |seen| (seen.bad_rows, seen.first_bad));
    TableReport {
        id: spec.id.clone(),
        table: spec.name.clone(),
        state,
        rows: row.as_ref().map_or(0, |row| row.rows),
        bytes: row.as_ref().map_or(0, |row| row.size_bytes),
        bad_rows,
        first_bad,
        error,
        duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    }
}
