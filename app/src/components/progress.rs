//! A run: how far it is, and afterwards what came of it.

use agnes_contract::job::{Job, JobState, JobTable};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Badge, Tone, When};
use crate::words;

/// Tables named with what went wrong; the rest is a number.
const TROUBLES: usize = 5;

/// What a page shows of a job: as much for five thousand tables as for five.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Where it is.
    pub state: JobState,
    /// The current step, or what it came to.
    pub step: String,
    /// Steps done.
    pub done: u64,
    /// Steps in all; 0 while unknown.
    pub total: u64,
    /// Who asked for it.
    pub started_by: String,
    /// When it was asked for.
    pub queued_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it failed as a whole.
    pub error: Option<String>,
    /// The first tables something went wrong with, and what.
    pub troubles: Vec<(String, String)>,
    /// How many more there are.
    pub more_troubles: u64,
}

impl From<Job> for Run {
    fn from(job: Job) -> Self {
        let step = if job.state.is_over() { outcome(&job.tables) } else { job.step };
        let mut troubles: Vec<(String, String)> =
            job.tables.iter().filter_map(|table| Some((table.table.clone(), trouble(table)?))).collect();
        let more_troubles = troubles.len().saturating_sub(TROUBLES) as u64;
        troubles.truncate(TROUBLES);
        Self {
            state: job.state,
            step,
            done: job.done,
            total: job.total,
            started_by: job.started_by,
            queued_at: job.queued_at,
            finished_at: job.finished_at,
            error: job.error,
            troubles,
            more_troubles,
        }
    }
}

/// What a run came to, in a sentence.
fn outcome(tables: &[JobTable]) -> String {
    let of = |state: &str| tables.iter().filter(|table| table.state == state).count() as u64;
    let parts: Vec<String> =
        [("published", "published"), ("unchanged", "unchanged"), ("removed", "removed"), ("error", "failed")]
            .into_iter()
            .map(|(state, word)| (of(state), word))
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{} {word}", words::count(number)))
            .collect();
    if parts.is_empty() { "Nothing to do".to_owned() } else { format!("Tables: {}", parts.join(", ")) }
}

/// What went wrong with one table, and what became of its content.
fn trouble(table: &JobTable) -> Option<String> {
    match &table.error {
        Some(error) if table.rows.is_some() => Some(format!("{error} — its content from before stays")),
        Some(error) => Some(error.clone()),
        None if table.bad_rows > 0 => {
            Some(format!("{} could not be read and were left out", words::counted(table.bad_rows, "row")))
        }
        None => None,
    }
}

/// A run of something long, while it works and after.
#[component]
pub fn JobProgress(
    /// The run.
    run: Run,
    /// When the page was made.
    now: DateTime<Utc>,
) -> impl IntoView {
    let (tone, state) = match run.state {
        JobState::Queued => (Tone::Information, "Waiting"),
        JobState::Running => (Tone::Information, "Running"),
        JobState::Done => (Tone::Good, "Done"),
        JobState::Partial => (Tone::Warning, "Some tables failed"),
        JobState::Failed => (Tone::Bad, "Failed"),
    };
    let is_over = run.state.is_over();
    let troubles = run
        .troubles
        .into_iter()
        .map(|(table, what)| {
            view! {
                <li>
                    <code>{table}</code>
                    " "
                    {what}
                </li>
            }
        })
        .collect_view();
    let more = (run.more_troubles > 0).then(|| {
        view! {
            <li>
                <a href="/admin/tables?status=failed">{format!("and {} more", words::counted(run.more_troubles, "table"))}</a>
            </li>
        }
    });
    view! {
        <div class="job" aria-live="polite">
            <p class="row">
                <Badge tone label=state />
                <span class="job-step">{run.step}</span>
                <span class="muted">
                    "started by " {run.started_by} " " <When at=run.finished_at.unwrap_or(run.queued_at) now />
                </span>
            </p>
            {(!is_over)
                .then(|| {
                    view! {
                        <progress
                            max=run.total.max(1)
                            value=(run.total > 0).then_some(run.done)
                            aria-label="Progress of the sync"
                        ></progress>
                    }
                })}
            {run.error.map(|error| view! { <p class="complaint">{error}</p> })}
            <ul class="job-errors">{troubles} {more}</ul>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, state: &str, error: Option<&str>, rows: Option<u64>) -> JobTable {
        JobTable {
            table: name.into(),
            state: state.into(),
            rows,
            bad_rows: 0,
            error: error.map(str::to_owned),
            duration_ms: 1,
        }
    }

    #[test]
    fn a_run_says_what_it_came_to() {
        let tables = [table("a", "published", None, Some(1)), table("b", "error", Some("no file"), None)];
        assert_eq!(outcome(&tables), "Tables: 1 published, 1 failed");
        assert_eq!(outcome(&[]), "Nothing to do");
    }

    #[test]
    fn only_content_that_exists_is_said_to_stay() {
        assert_eq!(trouble(&table("b", "error", Some("no file"), None)).as_deref(), Some("no file"));
        assert!(trouble(&table("b", "error", Some("no file"), Some(3))).is_some_and(|text| text.contains("stays")));
        assert_eq!(trouble(&table("a", "published", None, Some(1))), None);
    }

    #[test]
    fn a_thousand_failures_are_named_briefly() {
        let now: DateTime<Utc> = "2026-11-21T12:00:00Z".parse().unwrap();
        let tables = (0..1000).map(|index| table(&format!("t{index}"), "error", Some("no file"), None)).collect();
        let run = Run::from(Job {
            id: "j".into(),
            kind: "sync".into(),
            state: JobState::Partial,
            step: String::new(),
            done: 1,
            total: 1,
            started_by: "system".into(),
            queued_at: now,
            started_at: None,
            finished_at: Some(now),
            tables,
            error: None,
        });
        assert_eq!((run.troubles.len(), run.more_troubles), (5, 995));
    }
}
