//! Long work and how far it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::time;

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// Works.
    Running,
    /// Ended without an error.
    Done,
    /// Ended; some tables failed.
    Partial,
    /// Ended; nothing came of it.
    Failed,
}

impl JobState {
    /// Whether nothing more will change.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Partial | Self::Failed)
    }
}

/// One run of something long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Opaque.
    pub id: String,
    /// `sync`.
    pub kind: String,
    /// Where it is.
    pub state: JobState,
    /// The current step, for people.
    pub step: String,
    /// Steps done.
    pub done: u64,
    /// Steps in all; 0 while unknown.
    pub total: u64,
    /// Who asked for it: an address, or `system`.
    pub started_by: String,
    /// When it was asked for.
    #[serde(with = "time::offset")]
    pub queued_at: DateTime<Utc>,
    /// When it began.
    #[serde(with = "time::offset_option")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(with = "time::offset_option")]
    pub finished_at: Option<DateTime<Utc>>,
    /// What happened to each table, in the order it happened.
    pub tables: Vec<JobTable>,
    /// Why it failed as a whole.
    pub error: Option<String>,
}

/// What a [`Job`] did to one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobTable {
    /// The table's name.
    pub table: String,
    /// `published`, `unchanged`, `removed` or `error`.
    pub state: String,
    /// Rows now published.
    pub rows: Option<u64>,
    /// Rows of the source that could not be read.
    pub bad_rows: u64,
    /// What went wrong, for people.
    pub error: Option<String>,
    /// Work time.
    pub duration_ms: u64,
}

/// `GET /api/admin/jobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Jobs {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// How many match in all.
    pub count: u64,
}
