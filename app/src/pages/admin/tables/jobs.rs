//! The syncs: the latest runs, and with a script the current one as it goes.

use agnes_contract::job::Job;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{
    browser,
    components::{JobProgress, Run},
};

/// Listens to runs as they go. Whenever one ends the counter goes up.
pub fn follow_jobs(finished: RwSignal<u32>) -> RwSignal<Option<Run>> {
    let live = RwSignal::new(None::<Run>);
    Effect::new(move |_| {
        browser::follow_jobs(move |job: Job| {
            let is_over = job.state.is_over();
            live.set(Some(job.into()));
            if is_over {
                finished.update(|count| *count += 1);
            }
        });
    });
    live
}

/// The run that is on, or else the last one; the ones before on demand.
#[component]
pub fn Jobs(runs: Vec<Run>, now: DateTime<Utc>, live: RwSignal<Option<Run>>) -> impl IntoView {
    let first = runs.first().cloned();
    let earlier: Vec<Run> = runs.into_iter().skip(1).collect();
    let current = Memo::new(move |_| match (live.get(), first.clone()) {
        (Some(live), Some(first)) if first.queued_at > live.queued_at => Some(first),
        (live, first) => live.or(first),
    });
    let has_any = Memo::new(move |_| current.with(Option::is_some));
    let shown = move || {
        let earlier = earlier.clone();
        view! {
            <section class="card" aria-labelledby="syncs">
                <h2 id="syncs">"Last sync"</h2>
                {move || current.get().map(|run| view! { <Current run now /> })}
                {(!earlier.is_empty())
                    .then(|| {
                        view! {
                            <details class="earlier">
                                <summary>"Earlier"</summary>
                                {earlier.into_iter().map(|run| view! { <JobProgress run now /> }).collect_view()}
                            </details>
                        }
                    })}
            </section>
        }
    };
    move || has_any.get().then(|| shown().into_any())
}

#[component]
fn Current(run: Run, now: DateTime<Utc>) -> impl IntoView {
    let is_over = run.state.is_over();
    // A run that is followed live is newer than the page.
    let now = run.finished_at.unwrap_or(run.queued_at).max(now);
    view! {
        <JobProgress run now />
        {(!is_over)
            .then(|| {
                view! {
                    <p class="unless-hydrated">
                        <a href="/admin/tables">"Reload to see how far it is"</a>
                    </p>
                }
            })}
    }
}
