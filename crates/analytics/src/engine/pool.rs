//! Prepared workers between statements: found again by what they were prepared for.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::process::Worker;

/// After so many statements a worker is replaced, whatever it has gathered by then.
const MOST_STATEMENTS: u32 = 256;

/// Workers of one kind. At most so many processes exist, running or idle.
pub(crate) struct Pool<Key> {
    turns: Arc<Semaphore>,
    most: usize,
    /// Most recently used first.
    idle: Mutex<VecDeque<(Key, Worker)>>,
}

/// Why nobody's turn came.
pub(crate) enum NoTurn {
    Busy,
    Closed,
}

impl<Key: PartialEq> Pool<Key> {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { turns: Arc::new(Semaphore::new(most)), most, idle: Mutex::default() }
    }

    /// Waits for a turn, which ends when the permit is dropped.
    pub(crate) async fn turn(&self, patience: Duration) -> Result<OwnedSemaphorePermit, NoTurn> {
        match tokio::time::timeout(patience, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(NoTurn::Closed),
            Err(_) => Err(NoTurn::Busy),
        }
    }

    /// An idle worker prepared for this. Where there is none, room is made for a new one.
    pub(crate) fn take(&self, key: &Key) -> Option<Worker> {
        let mut idle = self.idle.lock();
        while let Some(at) = idle.iter().position(|(other, _)| other == key) {
            if let Some((_, mut worker)) = idle.remove(at)
                && worker.is_alive()
            {
                return Some(worker);
            }
        }
        let running = self.most.saturating_sub(self.turns.available_permits());
        while idle.len() + running > self.most {
            idle.pop_back();
        }
        None
    }

    /// Keeps a worker for the next statement of its kind.
    pub(crate) fn keep(&self, key: Key, mut worker: Worker) {
        worker.served += 1;
        if worker.served < MOST_STATEMENTS && !self.turns.is_closed() {
            let mut idle = self.idle.lock();
            idle.push_front((key, worker));
            idle.truncate(self.most);
        }
    }

    /// Gives no more turns, and ends the idle workers.
    pub(crate) async fn close(&self) {
        self.turns.close();
        let idle = std::mem::take(&mut *self.idle.lock());
        for (_, worker) in idle {
            worker.end().await;
        }
    }
}
