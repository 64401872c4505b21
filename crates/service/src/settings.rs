//! What the use cases need to know of the installation.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use agnes_analytics::Limits;
use agnes_store::Clock;
use chrono::{DateTime, Utc};

/// A program to start with these arguments: `agnes worker`, `agnes extract`.
#[derive(Clone, Debug)]
pub struct Subprocess {
    /// The executable.
    pub program: PathBuf,
    /// What it is called with.
    pub args: Vec<OsString>,
}

/// The admin every start makes sure of.
#[derive(Clone)]
pub struct SeedAdmin {
    /// Their address.
    pub email: String,
    /// Set only when the account has no password yet.
    pub password: Option<String>,
}

impl std::fmt::Debug for SeedAdmin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SeedAdmin").finish_non_exhaustive()
    }
}

/// Resolved once, before the service starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The root of everything this instance keeps.
    pub data_dir: PathBuf,
    /// Where the csv connector looks; `<data_dir>/csv` unless configured.
    pub csv_root: PathBuf,
    /// What the installation calls itself.
    pub instance_name: String,
    /// Whether table grants count (`AGNES_ENABLE_TABLE_GRANTS`, on by default).
    pub table_grants: bool,
    /// Signs tokens; `None`: the file `state/.jwt_secret`, made on first need.
    pub jwt_secret: Option<String>,
    /// The admin every start makes sure of.
    pub seed_admin: Option<SeedAdmin>,
    /// `agnes worker`.
    pub worker: Subprocess,
    /// `agnes extract`.
    pub extract: Subprocess,
    /// Bounds of one query and of all of them.
    pub limits: Limits,
    /// How long the extraction of one source may take.
    pub extract_timeout: Duration,
    /// How often the sources are asked without anybody pressing a button; `None`: never.
    pub sync_every: Option<Duration>,
    /// Memory cap of the system database, in MiB.
    pub system_memory_mb: u32,
    /// `AGNES_VERSION` and its companions, for `/api/version`.
    pub build: Build,
    /// When this process started.
    pub started_at: DateTime<Utc>,
    /// The time.
    pub clock: Clock,
}

/// What the image was built as.
#[derive(Clone, Debug)]
pub struct Build {
    /// The program's version.
    pub version: String,
    /// The release channel.
    pub channel: String,
    /// The container image's tag.
    pub image_tag: String,
    /// What it was built from.
    pub commit_sha: String,
}
