//! A job: how far it is, and afterwards what came of it.

use agnes_contract::job::{Job, JobState};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::{Badge, Tone, When};
use crate::words;

/// A run of something long, while it works and after.
#[component]
pub fn JobProgress(
    /// The run.
    job: Job,
    /// When the page was made.
    now: DateTime<Utc>,
) -> impl IntoView {
    let (tone, state) = match job.state {
        JobState::Queued => (Tone::Information, "Waiting"),
        JobState::Running => (Tone::Information, "Running"),
        JobState::Done => (Tone::Good, "Done"),
        JobState::Partial => (Tone::Warning, "Some tables failed"),
        JobState::Failed => (Tone::Bad, "Failed"),
    };
    let is_over = job.state.is_over();
    let step = job.step.clone();
    let failed: Vec<_> =
        job.tables.iter().filter(|table| table.error.is_some() || table.bad_rows > 0).cloned().collect();
    view! {
        <div class="job" aria-live="polite">
            <p class="row">
                <Badge tone label=state />
                <span class="job-step">{if is_over { outcome(&job) } else { step }}</span>
                <span class="muted">
                    "started by " {job.started_by.clone()} " " <When at=job.finished_at.unwrap_or(job.queued_at) now />
                </span>
            </p>
            {(!is_over)
                .then(|| {
                    view! {
                        <progress
                            max=job.total.max(1)
                            value=(job.total > 0).then_some(job.done)
                            aria-label="Progress of the sync"
                        ></progress>
                    }
                })}
            {job.error.clone().map(|error| view! { <p class="complaint">{error}</p> })}
            {(!failed.is_empty())
                .then(|| {
                    view! {
                        <ul class="job-errors">
                            {failed.into_iter().map(|table| view! { <li><code>{table.table.clone()}</code> " " {trouble(&table)}</li> }).collect_view()}
                        </ul>
                    }
                })}
        </div>
    }
    .into_any()
}

/// What a run came to, in a sentence.
fn outcome(job: &Job) -> String {
    let of = |state: &str| job.tables.iter().filter(|table| table.state == state).count() as u64;
    let parts: Vec<String> =
        [("published", "published"), ("unchanged", "unchanged"), ("removed", "removed"), ("error", "failed")]
            .into_iter()
            .map(|(state, word)| (of(state), word))
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{} {word}", words::count(number)))
            .collect();
    if parts.is_empty() { "Nothing to do".to_owned() } else { format!("Tables: {}", parts.join(", ")) }
}

/// What went wrong with one table, and that the old content stays.
fn trouble(table: &agnes_contract::job::JobTable) -> String {
    match &table.error {
        Some(error) => format!("{error} The previous content stays."),
        None => format!("{} could not be read and were left out.", words::counted(table.bad_rows, "row")),
    }
}
