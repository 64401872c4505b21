//! One `da` at a time changes a workspace.

use std::{
    fs::{self, File, TryLockError},
    time::Duration,
};

use crate::{error::Error, printer::Printer, settings::Workspace};

/// A sync started by a hook may be under way; it is worth waiting for, not for ever.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(100);

/// Held until dropped, or until the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
    had_to_wait: bool,
}

impl Lock {
    /// Waits for whoever holds it.
    pub async fn take(workspace: &Workspace, printer: &Printer) -> Result<Self, Error> {
        let path = workspace.lock_file();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
        }
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(Error::file("open", &path))?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file, had_to_wait: !waited.is_zero() }),
                Err(TryLockError::Error(source)) => return Err(Error::File { doing: "lock", path, source }),
                Err(TryLockError::WouldBlock) if waited >= PATIENCE => {
                    return Err(Error::unmet(
                        format!("another da has been changing {} for too long", workspace.root().display()),
                        "wait for it to finish, or end it",
                    ));
                }
                Err(TryLockError::WouldBlock) => {
                    if waited.is_zero() {
                        printer.note("Another da is changing this workspace; waiting for it.");
                    }
                    tokio::time::sleep(PAUSE).await;
                    waited += PAUSE;
                }
            }
        }
    }

    /// Whether somebody else was changing the workspace before.
    pub const fn had_to_wait(&self) -> bool {
        self.had_to_wait
    }
}
