//! `agnes extract`: a connector as a child process, so that a bad file cannot hurt the server.
//!
//! One JSON [`ExtractRequest`] on stdin; a JSON [`Line`] for every step on stdout, the last one
//! the report; exit 0 when no table failed, 1 when all did, 2 in between.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::csv::{Limits, TableSpec};
use crate::report::{Progress, Report};

/// What to extract.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExtractRequest {
    /// Files of a folder, see [`crate::csv::run`].
    Csv {
        /// The folder.
        root: PathBuf,
        /// `extracts/` of the data directory.
        extracts_dir: PathBuf,
        /// Every table of the source.
        tables: Vec<TableSpec>,
        /// Ids or names of those to look at; all without it.
        #[serde(default)]
        only: Option<Vec<String>>,
        /// Bounds a table.
        #[serde(default)]
        limits: Limits,
    },
}

/// A line on stdout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A step.
    Progress(Progress),
    /// The end; the last line.
    Report(Report),
    /// The request could not be read; the last line.
    Error(String),
}

/// Reads the request, works, reports.
#[must_use]
pub fn extract_main() -> ExitCode {
    ExitCode::FAILURE
}
