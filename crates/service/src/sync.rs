//! Asking the sources: one run at a time, at most one waiting, everything it did kept readable.

mod extract;
mod run;

use std::time::Duration;

use agnes_contract::job::{Job, JobState};
use agnes_contract::sync::SyncTriggered;
use parking_lot::Mutex;
use serde_json::Value;

use crate::actor::Actor;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

/// What a run should look at.
#[derive(Clone, Debug)]
struct Request {
    job_id: String,
    /// Registry ids; `None`: everything.
    only: Option<Vec<String>>,
}

/// The run under way and the one that follows it.
#[derive(Default)]
pub(crate) struct SyncQueue(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    running: bool,
    waiting: Option<Request>,
    stopped: bool,
}

impl SyncQueue {
    /// Lets no further run begin; the one under way dies with its child process.
    pub(crate) fn stop(&self) {
        let mut queue = self.0.lock();
        queue.stopped = true;
        queue.waiting = None;
    }
}

impl Request {
    /// Widens the request by another: everything swallows a list.
    fn widen(&mut self, only: Option<Vec<String>>) {
        match (&mut self.only, only) {
            (Some(mine), Some(more)) => {
                for id in more {
                    if !mine.contains(&id) {
                        mine.push(id);
                    }
                }
            }
            (mine, None) => *mine = None,
            (None, Some(_)) => {}
        }
    }
}

impl Service {
    /// Starts a sync of everything, or of these registry ids, and answers at once. While a run is under way
    /// one more waits, and takes in whatever is asked for meanwhile.
    ///
    /// # Errors
    /// `admin_required`, `stopping`.
    pub async fn sync_trigger(&self, actor: &Actor, ids: Option<Vec<String>>) -> Result<SyncTriggered, Error> {
        policy::admin(actor)?;
        let ids = ids.filter(|ids| !ids.is_empty());
        let already_running = self.0.jobs.is_running("sync");
        let job_id = self.sync_soon(actor, ids.clone());
        if job_id.is_empty() {
            return Err(Error::Stopping);
        }
        let message = if already_running {
            "A sync is running; another one follows it".to_owned()
        } else {
            "Sync started in the background".to_owned()
        };
        Ok(SyncTriggered {
            status: "triggered".to_owned(),
            tables: ids.map_or_else(|| Value::from("all"), Value::from),
            message,
            already_running,
            job_id,
        })
    }

    /// Starts or queues a run; the answer is its job's id, empty when the service is stopping.
    pub(crate) fn sync_soon(&self, actor: &Actor, only: Option<Vec<String>>) -> String {
        let mut queue = self.0.syncs.0.lock();
        if queue.stopped {
            return String::new();
        }
        if let Some(waiting) = &mut queue.waiting {
            waiting.widen(only);
            return waiting.job_id.clone();
        }
        let request = Request { job_id: uuid::Uuid::new_v4().to_string(), only };
        let job_id = request.job_id.clone();
        self.0.jobs.add(Job {
            id: job_id.clone(),
            kind: "sync".to_owned(),
            state: JobState::Queued,
            step: "Waiting".to_owned(),
            done: 0,
            total: 0,
            started_by: actor.email.clone(),
            queued_at: self.now(),
            started_at: None,
            finished_at: None,
            tables: Vec::new(),
            error: None,
        });
        if queue.running {
            queue.waiting = Some(request);
        } else {
            queue.running = true;
            let service = self.clone();
            tokio::spawn(async move { service.sync_loop(request).await });
        }
        job_id
    }

    /// Asks the sources now and then every so often, until the service stops.
    pub(crate) fn sync_regularly(&self, every: Duration) {
        let service = self.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            // After a suspended laptop wakes up, once is enough.
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                if service.sync_soon(&service.system_actor(), None).is_empty() {
                    return;
                }
            }
        });
    }

    async fn sync_loop(&self, first: Request) {
        let mut next = Some(first);
        while let Some(request) = next {
            // In a task of its own, so that a panic ends the job and not the queue.
            let (service, job_id) = (self.clone(), request.job_id.clone());
            let ended = tokio::spawn(async move { service.sync_run(request).await }).await;
            if ended.is_err() {
                self.0.jobs.change(&job_id, |job| {
                    job.state = JobState::Failed;
                    job.error = Some("The sync ended unexpectedly; the server's log says more".to_owned());
                });
            }
            let mut queue = self.0.syncs.0.lock();
            next = queue.waiting.take();
            queue.running = next.is_some();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn a_waiting_run_takes_in_what_is_asked_for_meanwhile() {
        let list = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        let mut request = Request { job_id: String::new(), only: list(&["a"]) };
        request.widen(list(&["a", "b"]));
        assert_eq!(request.only, list(&["a", "b"]));
        request.widen(None);
        assert_eq!(request.only, None);
        request.widen(list(&["c"]));
        assert_eq!(request.only, None);
    }
}
