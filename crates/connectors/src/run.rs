//! `agnes extract`: a connector as a child process, so that a bad file cannot hurt the server.
//!
//! One JSON [`ExtractRequest`] on stdin; a JSON [`Line`] for every step on stdout, the last one
//! the report; exit 0 when no table failed, 1 when all did, 2 in between.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use agnes_store::Clock;
use serde::{Deserialize, Serialize};

use crate::csv::{self, CsvSource, Limits, TableSpec};
use crate::error::Error;
use crate::report::{Progress, Report};

/// Bytes of a request; a registry of a hundred thousand tables fits.
const REQUEST_BYTES: u64 = 64 << 20;

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

/// Reads the request from stdin, works, writes lines to stdout.
#[must_use]
pub fn extract_main() -> ExitCode {
    ExitCode::from(extract(&mut io::stdin().lock(), &mut io::stdout().lock(), &Clock::system()))
}

/// The run between any two streams; gives the exit code.
pub fn extract(input: &mut impl Read, output: &mut impl Write, clock: &Clock) -> u8 {
    let (line, code) = match request(input) {
        Err(error) => (Line::Error(error.chain()), 1),
        Ok(ExtractRequest::Csv { root, extracts_dir, tables, only, limits }) => {
            let source = CsvSource { root, extracts_dir, limits };
            // A reader that went away does not stop the work: the extract is what counts.
            let mut tell = |progress| drop(write(output, &Line::Progress(progress)));
            let report = csv::run(&source, &tables, only.as_deref(), clock, &mut tell);
            let code = report.exit_code();
            (Line::Report(report), code)
        }
    };
    if write(output, &line).is_ok() { code } else { 1 }
}

fn request(input: &mut impl Read) -> Result<ExtractRequest, Error> {
    let mut text = Vec::new();
    input.take(REQUEST_BYTES).read_to_end(&mut text).map_err(|error| Error::Request(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| Error::Request(error.to_string()))
}

fn write(output: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")?;
    output.flush()
}
