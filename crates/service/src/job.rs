//! Long work and how far it is: a bounded list in memory, and news for who listens.

use std::collections::VecDeque;

use agnes_contract::job::{Job, JobState, Jobs};
use parking_lot::Mutex;
use tokio::sync::broadcast;

use crate::actor::Actor;
use crate::error::Error;
use crate::policy;
use crate::service::Service;

/// How many ended jobs are kept to be read.
const KEPT: usize = 200;
/// How many news a slow listener may be behind before it misses some.
const BACKLOG: usize = 256;

pub(crate) struct JobList {
    jobs: Mutex<VecDeque<Job>>,
    news: broadcast::Sender<Job>,
}

impl JobList {
    pub(crate) fn new() -> Self {
        Self { jobs: Mutex::default(), news: broadcast::channel(BACKLOG).0 }
    }

    pub(crate) fn add(&self, job: Job) {
        let mut jobs = self.jobs.lock();
        jobs.push_front(job.clone());
        while jobs.len() > KEPT && jobs.back().is_some_and(|job| job.state.is_over()) {
            jobs.pop_back();
        }
        drop(jobs);
        self.tell(job);
    }

    pub(crate) fn change(&self, id: &str, change: impl FnOnce(&mut Job)) {
        let mut jobs = self.jobs.lock();
        let Some(job) = jobs.iter_mut().find(|job| job.id == id) else { return };
        change(job);
        let job = job.clone();
        drop(jobs);
        self.tell(job);
    }

    fn tell(&self, job: Job) {
        // Nobody listening is no error.
        let _ = self.news.send(job);
    }

    pub(crate) fn last_over(&self, kind: &str) -> Option<Job> {
        self.jobs.lock().iter().find(|job| job.kind == kind && job.state.is_over()).cloned()
    }

    pub(crate) fn is_running(&self, kind: &str) -> bool {
        self.jobs.lock().iter().any(|job| job.kind == kind && job.state == JobState::Running)
    }
}

impl Service {
    /// Jobs, newest first.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn job_list(&self, actor: &Actor, limit: usize) -> Result<Jobs, Error> {
        policy::admin(actor)?;
        let jobs = self.0.jobs.jobs.lock();
        Ok(Jobs { count: jobs.len() as u64, jobs: jobs.iter().take(limit).cloned().collect() })
    }

    /// One job.
    ///
    /// # Errors
    /// `admin_required`, `job_not_found`.
    pub async fn job_find(&self, actor: &Actor, id: &str) -> Result<Job, Error> {
        policy::admin(actor)?;
        self.0.jobs.jobs.lock().iter().find(|job| job.id == id).cloned().ok_or(Error::JobNotFound)
    }

    /// Every change to a job from now on.
    ///
    /// # Errors
    /// `admin_required`.
    pub async fn job_subscribe(&self, actor: &Actor) -> Result<broadcast::Receiver<Job>, Error> {
        policy::admin(actor)?;
        Ok(self.0.jobs.news.subscribe())
    }
}
