//! A worker for one errand among connectors' files.

use std::time::Duration;

use tokio::time::timeout;

use super::{MOST_ANSWER_BYTES, process::Worker};
use crate::worker::protocol::{Request, Response};

/// A worker that reads and writes files in the folders it was given.
pub(crate) struct FileWorker {
    /// Gone once it has died or was killed.
    worker: Option<Worker>,
}

impl FileWorker {
    pub(super) fn new(worker: Worker) -> Self {
        Self { worker: Some(worker) }
    }

    /// Asks. A worker that dies or takes too long is of no further use.
    pub(crate) async fn ask(&mut self, request: &Request, patience: Duration) -> Result<Response, String> {
        let Some(worker) = self.worker.as_mut() else { return Err("the worker has ended".into()) };
        match timeout(patience, worker.call(request, MOST_ANSWER_BYTES)).await {
            Ok(Ok((Response::Failed(failure), _))) => Err(failure.text()),
            Ok(Ok((response, _))) => Ok(response),
            Ok(Err(_)) => {
                self.worker = None;
                Err("reading it ended the worker process; the file is damaged".into())
            }
            Err(_) => {
                self.worker = None;
                Err(format!("reading it took longer than {} s", patience.as_secs()))
            }
        }
    }
}
