//! The worker process: `agnes worker`.
//!
//! It starts with an empty environment and two pipes, is told once what it may touch, confines
//! itself to that, and only then opens DuckDB. Whatever a statement or a file does to it, the
//! server sees a pipe close.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::mpsc,
};

use duckdb::Connection;
use rustix::process::{Signal, getpid, kill_process, set_parent_process_death_signal};

pub(crate) mod files;
pub(crate) mod protocol;
pub(crate) mod sandbox;
pub(crate) mod session;

use protocol::{Failure, Kind, Prepare, Request, Response, Role, read_frame, write_frame, write_json};
use sandbox::{Enforced, Rights};

/// Deeply nested SQL is walked recursively, by DuckDB and by us.
const STACK_BYTES: usize = 64 << 20;

/// Runs a worker until its pipe closes. What `agnes worker` is.
#[must_use]
pub fn main() -> ExitCode {
    // The pipe closing ends us too; this is for the moment in which we do not read it.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "worker ends: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    // Before anybody's file or statement is known. There may be time: workers are started ahead.
    let connection = session::open_in_memory().map_err(|failure| io::Error::other(failure.text()))?;
    let stdin = io::stdin();
    // Closed before we were needed: nothing to do, nothing wrong.
    let Some(first) = read_request(&mut stdin.lock())? else { return Ok(()) };
    let Request::Prepare(prepare) = first else {
        return Err(io::Error::other("the first request was not to prepare"));
    };
    // The confinement holds for this thread and those it starts: there must be no other.
    if sandbox::threads()? != 1 {
        return Err(io::Error::other("a thread was started before the worker was confined"));
    }
    let enforced = sandbox::confine(&Rights::of(&prepare))?;

    let (sender, receiver) = mpsc::channel();
    std::thread::Builder::new().name("statements".into()).stack_size(STACK_BYTES).spawn(move || {
        if let Err(error) = work(connection, &prepare, enforced, &receiver) {
            let _ = writeln!(io::stderr(), "worker ends: {error}");
        }
        end();
    })?;
    while let Ok(Some(request)) = read_request(&mut stdin.lock()) {
        if sender.send(request).is_err() {
            break;
        }
    }
    end()
}

/// Ends the process without running destructors: DuckDB's threads may be in the middle of anything.
fn end() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort()
}

fn read_request(input: &mut impl io::Read) -> io::Result<Option<Request>> {
    match read_frame(input)? {
        None => Ok(None),
        Some((Kind::Json, bytes)) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::other),
        Some((Kind::Arrow, _)) => Err(io::Error::other("a request is JSON")),
    }
}

fn work(
    connection: Connection,
    prepare: &Prepare,
    sandbox: Enforced,
    requests: &mpsc::Receiver<Request>,
) -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout());
    match &prepare.role {
        Role::Files { read, write } => {
            let files = match files::Files::new(connection, prepare, read, write) {
                Ok(files) => files,
                Err(failure) => return write_json(&mut output, &Response::Failed(failure)),
            };
            write_json(&mut output, &Response::Ready { sandbox })?;
            while let Ok(request) = requests.recv() {
                write_json(&mut output, &files.answer(request))?;
            }
        }
        Role::Parse | Role::Query { .. } => {
            let session = match session::Session::new(connection, prepare) {
                Ok(session) => session,
                Err(failure) => return write_json(&mut output, &Response::Failed(failure)),
            };
            write_json(&mut output, &Response::Ready { sandbox })?;
            while let Ok(request) = requests.recv() {
                let response = match request {
                    Request::Check { sql } => Response::Checked(session.check(&sql)),
                    Request::Query { sql, rows, bytes } => {
                        let emit = |arrow: &[u8]| write_frame(&mut output, Kind::Arrow, arrow);
                        match session.query(&sql, rows, bytes, emit) {
                            Ok(truncated) => Response::Rows { truncated },
                            Err(failure) => Response::Failed(failure),
                        }
                    }
                    _ => Response::Failed(Failure::Engine("not a request for this worker".into())),
                };
                write_json(&mut output, &response)?;
            }
        }
    }
    Ok(())
}
