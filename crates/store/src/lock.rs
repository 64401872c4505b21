//! The lock of the one process that owns a state directory.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use chrono::SecondsFormat;
use rustix::{fs::FlockOperation, io::Errno};

use crate::{Clock, Error};

/// Held as long as it lives. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    pub(crate) fn acquire(state_dir: &Path, clock: &Clock) -> Result<Self, Error> {
        let path = state_dir.join("lock");
        let failed = |doing| {
            let path = path.clone();
            move |source: std::io::Error| Error::File { doing, path, source }
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed("open the lock"))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                return Err(Error::Locked { state_dir: state_dir.to_owned(), holder: holder(&mut file) });
            }
            Err(error) => return Err(failed("take the lock")(error.into())),
        }
        let text = format!(
            "pid {}\nhost {}\nsince {}\n",
            std::process::id(),
            gethostname::gethostname().to_string_lossy(),
            clock.now().to_rfc3339_opts(SecondsFormat::Secs, true)
        );
        file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).map_err(failed("write the lock"))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // An empty file names nobody; the system unlocks it when it is closed right after.
        let _ = self.0.set_len(0);
    }
}

/// `process 123 on host, since 2026-11-21T16:00:00Z`, or as much of it as the file says.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.rewind().and_then(|()| file.take(1024).read_to_string(&mut text));
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)?;
        let printable: String = value.chars().filter(|letter| !letter.is_control()).collect();
        Some(printable).filter(|value| !value.is_empty())
    };
    match (field("pid "), field("host "), field("since ")) {
        (Some(pid), Some(host), Some(since)) => format!("process {pid} on {host}, since {since}"),
        (Some(pid), ..) => format!("process {pid}"),
        _ => "another process".to_owned(),
    }
}
