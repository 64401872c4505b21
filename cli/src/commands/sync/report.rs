//! What a sync did, for people and for programs.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::json;

use crate::{
    error::Error,
    output::{json, size},
    printer::Printer,
    sync::{Plan, TableError},
};

/// How many remote tables are named before the rest is only counted.
const NAMED: usize = 5;

/// The summary. Fields are only ever added.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Fetched, by name.
    pub downloaded: Vec<String>,
    /// Good as they were.
    pub skipped: Vec<String>,
    /// Stay at their source.
    pub skipped_remote: Vec<String>,
    /// Could not be brought up to date.
    pub errors: Vec<Failed>,
    /// Removed: no longer the caller's to read.
    pub pruned: Vec<String>,
    /// Fetched.
    pub bytes: u64,
    /// Whether the server may have published something since it was asked.
    #[serde(skip)]
    pub is_outdated: bool,
    #[serde(skip)]
    hints: BTreeSet<&'static str>,
}

/// A table that could not be brought up to date.
#[derive(Debug, Serialize)]
pub struct Failed {
    table: String,
    error: String,
}

impl Report {
    /// Before anything is fetched.
    pub fn new(plan: &Plan) -> Self {
        let adopted = plan.adopted.iter().map(|(key, _)| key);
        let mut skipped: Vec<String> = plan.unchanged.iter().chain(adopted).map(ToString::to_string).collect();
        skipped.sort();
        let mut report = Self {
            downloaded: Vec::new(),
            skipped,
            skipped_remote: plan.remote.clone(),
            errors: Vec::new(),
            pruned: Vec::new(),
            bytes: 0,
            is_outdated: false,
            hints: BTreeSet::new(),
        };
        report.refuse(plan);
        report
    }

    /// Once more, with a newer manifest: only what was fetched already still counts.
    pub fn start_over(&mut self, plan: &Plan) {
        self.errors.clear();
        self.hints.clear();
        self.is_outdated = false;
        let again: BTreeSet<&str> = plan.downloads.iter().map(|job| job.key.as_str()).collect();
        self.skipped.retain(|name| !again.contains(name.as_str()));
        self.downloaded.retain(|name| !again.contains(name.as_str()));
        self.refuse(plan);
    }

    fn refuse(&mut self, plan: &Plan) {
        for (name, error) in &plan.refused {
            self.failed(name.clone(), error);
        }
    }

    /// One more that did not work.
    pub fn failed(&mut self, table: String, error: &TableError) {
        self.errors.push(Failed { table, error: error.to_string() });
        self.is_outdated |= error.may_be_outdated();
        self.hints.insert(error.hint());
    }

    /// Downloads end in any order; reports do not.
    pub fn sort(&mut self) {
        self.downloaded.sort();
        self.errors.sort_by(|one, other| one.table.cmp(&other.table));
    }

    /// What is left out, before it starts.
    pub fn announce(&self, plan: &Plan, as_json: bool, printer: &Printer) {
        if plan.remote.is_empty() || as_json {
            return;
        }
        let named: Vec<&str> = plan.remote.iter().take(NAMED).map(String::as_str).collect();
        let more = plan.remote.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" (+{more} more)") } else { String::new() };
        printer.note(&format!("Skipping {} remote-mode tables: {}{more}", plan.remote.len(), named.join(", ")));
    }

    /// At the end. Errors are repeated where people look.
    pub fn print(&self, as_json: bool, printer: &Printer) -> Result<(), Error> {
        if as_json {
            printer.raw(format!("{}\n", json::document(self)).as_bytes())?;
        } else {
            printer.line(&format!("Downloaded: {} tables", self.downloaded.len()))?;
            printer.line(&format!("Skipped (unchanged): {}", self.skipped.len()))?;
            if !self.skipped_remote.is_empty() {
                printer.line(&format!("Skipped (remote-mode): {}", self.skipped_remote.len()))?;
            }
            if !self.pruned.is_empty() {
                printer.line(&format!("Removed (no longer yours to read): {}", self.pruned.len()))?;
            }
            if !self.errors.is_empty() {
                printer.line(&format!("Errors: {}", self.errors.len()))?;
                for failed in &self.errors {
                    printer.line(&format!("  {}: {}", failed.table, failed.error))?;
                }
            }
        }
        for failed in &self.errors {
            printer.note(&format!("Error: {}: {}", failed.table, failed.error));
        }
        for hint in &self.hints {
            printer.note(&format!("hint: {hint}"));
        }
        Ok(())
    }
}

/// What would be done.
pub fn dry_run(plan: &Plan, prunes: bool, as_json: bool, printer: &Printer) -> Result<(), Error> {
    let (count, bytes) = (plan.downloads.len(), plan.bytes());
    let skipped = plan.total.saturating_sub(count);
    let vanished: &[String] = if prunes { &plan.vanished } else { &[] };
    if as_json {
        let tables: Vec<_> = plan
            .downloads
            .iter()
            .map(|job| json!({"table": job.key, "rows": job.entry.rows, "size_bytes": job.entry.size_bytes}))
            .collect();
        let document = json!({
            "dry_run": true,
            "would_download": tables,
            "would_prune": vanished,
            "summary": {
                "tables_total": plan.total,
                "tables_to_download": count,
                "tables_skipped_unchanged": skipped,
                "bytes_total": bytes,
            },
        });
        return printer.raw(format!("{}\n", json::document(&document)).as_bytes());
    }
    printer.line(&format!("Dry run: would download {count} tables, {}", size::binary(bytes)))?;
    printer.line(&format!("Skipped (unchanged): {}", plan.unchanged.len() + plan.adopted.len()))?;
    for job in &plan.downloads {
        let size = size::binary(job.entry.size_bytes);
        printer.line(&format!("  {}  rows={}  size={size}", job.key, job.entry.rows))?;
    }
    for name in vanished {
        printer.line(&format!("  {name}  would be removed: no longer yours to read"))?;
    }
    for (name, error) in &plan.refused {
        printer.note(&format!("Error: {name}: {error}"));
    }
    Ok(())
}
