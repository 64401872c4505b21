//! The worker process: `agnes worker`.

use std::process::ExitCode;

/// Runs a worker until its pipe closes. What `agnes worker` is.
#[must_use]
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
