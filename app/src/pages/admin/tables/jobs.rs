//! The syncs: the latest runs, and with a script the current one as it goes.

use agnes_contract::job::Job;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{browser, components::JobProgress};

/// Listens to runs as they go. Whenever one ends the counter goes up.
pub fn follow_jobs(finished: RwSignal<u32>) -> RwSignal<Option<Job>> {
    let live = RwSignal::new(None::<Job>);
    Effect::new(move |_| {
        browser::follow_jobs(move |job: Job| {
            let is_over = job.state.is_over();
            live.set(Some(job));
            if is_over {
                finished.update(|count| *count += 1);
            }
        });
    });
    live
}

/// The run that is on, or else the last one; the ones before on demand.
#[component]
pub fn Jobs(jobs: Vec<Job>, now: DateTime<Utc>, live: RwSignal<Option<Job>>) -> impl IntoView {
    let first = jobs.first().cloned();
    let earlier: Vec<Job> = jobs.into_iter().skip(1).collect();
    let current = move || {
        let live = live.get();
        match (live, first.clone()) {
            (Some(live), Some(first)) if first.queued_at > live.queued_at => Some(first),
            (Some(live), _) => Some(live),
            (None, first) => first,
        }
    };
    let has_any = Memo::new({
        let current = current.clone();
        move |_| current().is_some()
    });
    let shown = move || {
        let current = current.clone();
        let earlier = earlier.clone();
        view! {
            <section class="card" aria-labelledby="syncs">
                <h2 id="syncs">"Last sync"</h2>
                {move || current().map(|job| view! { <Current job now /> })}
                {(!earlier.is_empty())
                    .then(|| {
                        view! {
                            <details class="earlier">
                                <summary>"Earlier"</summary>
                                {earlier.into_iter().map(|job| view! { <JobProgress job now /> }).collect_view()}
                            </details>
                        }
                    })}
            </section>
        }
    };
    move || has_any.get().then(|| shown())
}

#[component]
fn Current(job: Job, now: DateTime<Utc>) -> impl IntoView {
    let is_over = job.state.is_over();
    // A run that is followed live is newer than the page.
    let now = job.finished_at.unwrap_or(job.queued_at).max(now);
    view! {
        <JobProgress job now />
        {(!is_over)
            .then(|| {
                view! {
                    <p class="unless-hydrated">
                        <a href="/admin/tables">"Reload to see how far it is"</a>
                    </p>
                }
            })}
    }
    .into_any()
}
