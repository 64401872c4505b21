//! `agnes`: the server, and under hidden commands its own child processes.

use std::{ffi::OsStr, process::ExitCode};

fn main() -> ExitCode {
    // A worker locks itself in before anything else runs in it: no runtime, no thread, no argument parsing.
    match std::env::args_os().nth(1).as_deref().and_then(OsStr::to_str) {
        Some("worker") => agnes_analytics::worker::main(),
        Some("extract") => agnes_connectors::extract_main(),
        _ => agnes_server::command::run(),
    }
}
