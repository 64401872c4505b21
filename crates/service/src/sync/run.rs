//! One run: extract what is ours to extract, publish everything, store what happened.

use std::collections::BTreeMap;

use agnes_analytics::publish::{self, Column, Part, Previous, Publication, PublishedTable, TableState};
use agnes_connectors::csv::{Limits, TableSpec};
use agnes_connectors::{ExtractRequest, Progress, Report, TableReport};
use agnes_contract::id::Digest;
use agnes_contract::job::{JobState, JobTable};
use agnes_store::{AttemptRow, ColumnRow, Directory, PartRow, PublishedRow};
use chrono::{DateTime, Utc};

use super::{Request, extract};
use crate::error::Error;
use crate::service::Service;

/// The folder of the csv connector below `extracts/`.
const CSV: &str = "csv";

impl Service {
    /// Does one run from beginning to end. Whatever goes wrong ends up in the job, never in a caller.
    pub(super) async fn sync_run(&self, request: Request) {
        let id = request.job_id.clone();
        let now = self.now();
        self.0.jobs.change(&id, |job| {
            job.state = JobState::Running;
            job.started_at = Some(now);
        });
        let outcome = self.extract_and_publish(&request).await;
        let now = self.now();
        self.0.jobs.change(&id, |job| {
            job.finished_at = Some(now);
            match outcome {
                Ok(()) if job.error.is_none() && job.tables.iter().all(|table| table.state != "error") => {
                    job.state = JobState::Done;
                    job.step = "Done".to_owned();
                }
                Ok(()) => {
                    job.state = JobState::Partial;
                    job.step = "Done, with errors".to_owned();
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "A sync failed");
                    job.state = JobState::Failed;
                    job.step = "Failed".to_owned();
                    job.error = Some(error.detail());
                }
            }
        });
    }

    async fn extract_and_publish(&self, request: &Request) -> Result<(), Error> {
        let reports = self.extract_csv(request).await;
        let id = request.job_id.as_str();
        self.0.jobs.change(id, |job| {
            job.step = "Publishing".to_owned();
            (job.done, job.total) = (0, 0);
        });
        let previous =
            Previous { tables: self.directory().published_tables().iter().filter_map(|row| to_value(row)).collect() };
        let publication = self
            .0
            .publisher
            .rebuild(previous, |step| self.note_publishing(id, step))
            .await
            .map_err(Error::during("publish the sources"))?;
        for source in publication.sources.iter().filter(|source| source.error.is_some()) {
            let text = format!("{}: {}", source.source, source.error.as_deref().unwrap_or_default());
            self.0.jobs.change(id, |job| {
                job.error = Some(job.error.take().map_or(text.clone(), |old| format!("{old}; {text}")))
            });
        }
        self.store_publication(&publication, &reports).await?;
        let tables = job_tables(&publication, reports);
        self.0.jobs.change(id, |job| job.tables = tables);
        Ok(())
    }

    /// Runs the csv connector when the registry has tables for it, or had. Its failure as a whole becomes the
    /// failure of each of its tables: what they published before stays.
    async fn extract_csv(&self, request: &Request) -> BTreeMap<String, TableReport> {
        let directory = self.directory();
        let tables = csv_tables(&directory);
        let only: Option<Vec<String>> = request
            .only
            .as_ref()
            .map(|ids| ids.iter().filter(|id| tables.iter().any(|table| &table.id == *id)).cloned().collect());
        let extracts_dir = self.0.settings.data_dir.join("extracts");
        let nothing_asked = only.as_ref().is_some_and(Vec::is_empty);
        if nothing_asked || (tables.is_empty() && !extracts_dir.join(CSV).exists()) {
            return BTreeMap::new();
        }
        let names: Vec<(String, String)> = tables.iter().map(|table| (table.id.clone(), table.name.clone())).collect();
        let extract = ExtractRequest::Csv {
            root: self.0.settings.csv_root.clone(),
            extracts_dir,
            tables,
            only: only.clone(),
            limits: Limits::default(),
        };
        let settings = &self.0.settings;
        let ran = extract::run(&settings.extract, &extract, settings.extract_timeout, |step| {
            self.note_extracting(&request.job_id, &step);
        })
        .await;
        let reports = match ran {
            Ok(Report { tables, .. }) => tables,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "The csv connector failed");
                names
                    .into_iter()
                    .filter(|(id, _)| only.as_ref().is_none_or(|only| only.contains(id)))
                    .map(|(id, table)| failed(id, table, error.to_string()))
                    .collect()
            }
        };
        reports.into_iter().map(|report| (report.table.to_lowercase(), report)).collect()
    }

    fn note_extracting(&self, id: &str, step: &Progress) {
        self.0.jobs.change(id, |job| match step {
            Progress::Started { table, done, total } => {
                job.step = format!("Reading {table}");
                (job.done, job.total) = (*done, *total);
            }
            Progress::Reading { table, rows, .. } => job.step = format!("Reading {table}: {rows} rows"),
            Progress::Finished(_) => job.done += 1,
            Progress::Publishing => job.step = "Putting the extract in place".to_owned(),
        });
    }

    fn note_publishing(&self, id: &str, step: publish::Progress) {
        self.0.jobs.change(id, |job| match step {
            publish::Progress::Source { source, number, of } => {
                job.step = format!("Publishing {source}");
                (job.done, job.total) = (number.saturating_sub(1) as u64, of as u64);
            }
            publish::Progress::Table { table, .. } => job.step = format!("Publishing {table}"),
        });
    }

    /// Stores what is published now and how each attempt went, in one transaction. Without a change no new
    /// generation begins, so that nobody's caches miss for nothing.
    async fn store_publication(
        &self,
        publication: &Publication,
        reports: &BTreeMap<String, TableReport>,
    ) -> Result<(), Error> {
        let now = self.now();
        let directory = self.directory();
        let changed = |table: &PublishedTable| {
            directory.published(&table.name).is_none_or(|row| to_value(row).as_ref() != Some(table))
        };
        let upserts: Vec<PublishedRow> =
            publication.tables.iter().filter(|table| changed(table)).map(|table| to_row(table, now)).collect();
        let removals: Vec<String> = directory
            .published_tables()
            .iter()
            .filter(|row| !publication.tables.iter().any(|table| table.name.eq_ignore_ascii_case(&row.name)))
            .map(|row| row.name.clone())
            .collect();
        let attempts = attempts(publication, reports, now);
        self.0
            .store
            .write(move |tx| {
                if !upserts.is_empty() || !removals.is_empty() {
                    let generation = tx.publications().next_generation()?;
                    tx.publications().publish(generation, &upserts, &removals)?;
                }
                tx.publications().record_attempts(&attempts)?;
                Ok::<_, Error>(())
            })
            .await
    }
}

fn csv_tables(directory: &Directory) -> Vec<TableSpec> {
    directory
        .tables()
        .iter()
        .filter(|row| row.source_type.as_deref() == Some(CSV))
        .map(|row| TableSpec {
            id: row.id.clone(),
            name: row.name.clone(),
            bucket: row.bucket.clone(),
            source_table: row.source_table.clone(),
            description: row.description.clone(),
        })
        .collect()
}

fn failed(id: String, table: String, error: String) -> TableReport {
    TableReport {
        id,
        table,
        state: agnes_connectors::TableState::Error,
        rows: 0,
        bytes: 0,
        bad_rows: 0,
        first_bad: None,
        error: Some(error),
        duration_ms: 0,
    }
}

/// What a connector's report leaves to say when the publication had nothing to complain about.
fn complaint(report: &TableReport) -> Option<String> {
    match (&report.error, report.bad_rows) {
        (Some(error), _) => Some(error.clone()),
        (None, 0) => None,
        (None, bad) => {
            Some(format!("{bad} rows could not be read and were left out{}", first_bad(report.first_bad.as_deref())))
        }
    }
}

fn first_bad(first: Option<&str>) -> String {
    first.map(|first| format!("; first: {first}")).unwrap_or_default()
}

fn attempts(publication: &Publication, reports: &BTreeMap<String, TableReport>, now: DateTime<Utc>) -> Vec<AttemptRow> {
    let mut attempts: BTreeMap<String, AttemptRow> = BTreeMap::new();
    for outcome in publication.outcomes.iter().filter(|outcome| outcome.state != TableState::Removed) {
        let report = reports.get(&outcome.table.to_lowercase()).filter(|_| outcome.source == CSV);
        let error = match &outcome.state {
            TableState::Error(text) => Some(text.clone()),
            _ => report.and_then(|report| report.error.clone()),
        };
        attempts.insert(
            outcome.table.to_lowercase(),
            AttemptRow {
                table_name: outcome.table.clone(),
                source: outcome.source.clone(),
                state: if error.is_some() { "error" } else { "ok" }.to_owned(),
                succeeded_at: error.is_none().then_some(now),
                error,
                rows: outcome.rows,
                bytes: outcome.bytes,
                bad_rows: report.map_or(0, |report| report.bad_rows),
                duration_ms: report.map(|report| report.duration_ms + outcome.duration_ms),
                attempted_at: now,
            },
        );
    }
    // Tables the connector could not even begin to publish.
    for report in reports.values().filter(|report| report.error.is_some()) {
        attempts.entry(report.table.to_lowercase()).or_insert_with(|| AttemptRow {
            table_name: report.table.clone(),
            source: CSV.to_owned(),
            state: "error".to_owned(),
            error: report.error.clone(),
            rows: 0,
            bytes: 0,
            bad_rows: report.bad_rows,
            duration_ms: Some(report.duration_ms),
            attempted_at: now,
            succeeded_at: None,
        });
    }
    attempts.into_values().collect()
}

fn job_tables(publication: &Publication, mut reports: BTreeMap<String, TableReport>) -> Vec<JobTable> {
    let mut tables: Vec<JobTable> = publication
        .outcomes
        .iter()
        .map(|outcome| {
            let report = reports.remove(&outcome.table.to_lowercase());
            let failed = report.as_ref().is_some_and(|report| report.error.is_some());
            let (state, error) = match &outcome.state {
                TableState::Error(text) => ("error", Some(text.clone())),
                _ if failed => ("error", report.as_ref().and_then(complaint)),
                TableState::Published => ("published", report.as_ref().and_then(complaint)),
                TableState::Unchanged => ("unchanged", report.as_ref().and_then(complaint)),
                TableState::Removed => ("removed", None),
            };
            JobTable {
                table: outcome.table.clone(),
                state: state.to_owned(),
                rows: Some(outcome.rows),
                bad_rows: report.as_ref().map_or(0, |report| report.bad_rows),
                error,
                duration_ms: outcome.duration_ms + report.as_ref().map_or(0, |report| report.duration_ms),
            }
        })
        .collect();
    tables.extend(reports.into_values().filter(|report| report.error.is_some()).map(|report| JobTable {
        error: complaint(&report),
        table: report.table,
        state: "error".to_owned(),
        rows: None,
        bad_rows: report.bad_rows,
        duration_ms: report.duration_ms,
    }));
    tables
}

/// A stored publication as the publisher compares it; none for a row whose digests are not digests.
fn to_value(row: &PublishedRow) -> Option<PublishedTable> {
    let parts = row
        .parts
        .iter()
        .map(|part| {
            Ok(Part {
                digest: Digest::new(part.digest.clone())?,
                md5: part.md5.clone(),
                size_bytes: part.size_bytes,
                rows: part.rows,
            })
        })
        .collect::<Result<Vec<_>, agnes_contract::id::InvalidId>>()
        .ok()?;
    let digest = if row.digest.is_empty() { None } else { Some(Digest::new(row.digest.clone()).ok()?) };
    Some(PublishedTable {
        name: row.name.clone(),
        source: row.source.clone(),
        query_mode: row.query_mode.clone(),
        digest,
        rows: row.rows,
        size_bytes: row.size_bytes,
        parts,
        columns: row
            .columns
            .iter()
            .map(|column| Column {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                nullable: column.nullable,
            })
            .collect(),
        extracted_at: row.extracted_at,
    })
}

fn to_row(table: &PublishedTable, now: DateTime<Utc>) -> PublishedRow {
    PublishedRow {
        name: table.name.clone(),
        source: table.source.clone(),
        query_mode: table.query_mode.clone(),
        digest: table.digest.as_ref().map(|digest| digest.as_str().to_owned()).unwrap_or_default(),
        rows: table.rows,
        size_bytes: table.size_bytes,
        parts: table
            .parts
            .iter()
            .map(|part| PartRow {
                digest: part.digest.as_str().to_owned(),
                md5: part.md5.clone(),
                size_bytes: part.size_bytes,
                rows: part.rows,
            })
            .collect(),
        columns: table
            .columns
            .iter()
            .map(|column| ColumnRow {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                nullable: column.nullable,
            })
            .collect(),
        extracted_at: table.extracted_at,
        published_at: now,
        first_generation: 0,
        last_generation: None,
    }
}
