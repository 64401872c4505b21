//! Fetching one table: in pieces if need be, checked before it replaces anything.

use std::{io, time::Duration};

use reqwest::header::{CONTENT_RANGE, ETAG, IF_RANGE, RANGE};

use super::{
    Fingerprint, Job, Record,
    partial::{self, Partial},
};
use crate::{
    api::{Api, Failure},
    output::size,
};

/// Before the second attempt, the third, and all that follow.
const PAUSES_MS: [u64; 3] = [300, 1000, 3000];
/// An attempt that brought this much was not in vain: the count starts again.
const WORTHWHILE: u64 = 1 << 20;

/// Why one table could not be brought up to date. The others go on.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The server said no, or nothing.
    #[error("{failure} ({path})")]
    Server { failure: Failure, path: String },
    /// Other bytes than promised.
    #[error("hash mismatch: expected {expected}…, got {got}…")]
    Hash { expected: String, got: String },
    /// More or fewer bytes than promised.
    #[error("size mismatch: expected {}, got {}", size::binary(*expected), size::binary(*got))]
    Size { expected: u64, got: u64 },
    /// No checksum to go by, and not even the marks of a parquet file.
    #[error("not a parquet file: it does not begin and end with PAR1")]
    NotParquet,
    /// The local disk.
    #[error("cannot write the file: {0}")]
    Disk(#[from] io::Error),
    /// The manifest's name for it.
    #[error("{0}")]
    Name(String),
    /// A thread of ours is gone.
    #[error("interrupted")]
    Interrupted,
}

impl TableError {
    /// Whether the bytes were the wrong ones, rather than missing.
    const fn is_mismatch(&self) -> bool {
        matches!(
            self,
            Self::Hash { .. }
                | Self::Size { .. }
                | Self::NotParquet
                | Self::Server { failure: Failure::Status { status: 416, .. }, .. }
        )
    }

    /// What to do next.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Server { .. } | Self::Interrupted => "run `da sync` again; finished parts of downloads are kept",
            Self::Hash { .. } | Self::Size { .. } | Self::NotParquet => {
                "the good copies you had are kept; if it stays, an admin has to sync the table at the server again"
            }
            Self::Disk(_) => "check the disk: is there space, and may you write there?",
            Self::Name(_) => "an admin has to rename these tables at the server",
        }
    }

    /// Whether a newer publication than the manifest knew of would explain it.
    pub const fn may_be_outdated(&self) -> bool {
        matches!(self, Self::Server { failure: Failure::Status { status: 404 | 410, .. }, .. }) || self.is_mismatch()
    }

    const fn is_transient(&self) -> bool {
        matches!(self, Self::Server { failure, .. } if failure.is_transient())
    }
}

/// Fetches tables.
#[derive(Clone, Debug)]
pub struct Downloader {
    /// From whom.
    pub api: Api,
    /// Extra attempts.
    pub retries: u32,
    /// Told of every piece.
    pub progress: indicatif::ProgressBar,
}

impl Downloader {
    /// Fetches one table. Whatever was there before stays until the new bytes are known to be good.
    pub async fn fetch(&self, mut job: Job) -> Result<(Job, Record), TableError> {
        let mut failures = 0;
        let mut started_over = false;
        loop {
            let mut partial = open(&job).await?;
            let resumed_at = partial.bytes();
            let error = match self.attempt(&job, &mut partial).await {
                Ok(()) => return finish(job, partial).await,
                Err(error) => error,
            };
            let brought = partial.bytes().saturating_sub(resumed_at);
            drop(partial);
            if error.is_mismatch() {
                partial::discard(&job.target);
                // Maybe only the part from last time was bad.
                if resumed_at > 0 && !started_over {
                    started_over = true;
                    continue;
                }
                return Err(error);
            }
            if let TableError::Server { failure: Failure::Status { status: 404, .. }, .. } = &error
                && let Some(path) = job.fallback.take()
            {
                job.path = path;
                continue;
            }
            if !error.is_transient() {
                partial::discard(&job.target);
                return Err(error);
            }
            failures = if brought >= WORTHWHILE { 1 } else { failures + 1 };
            if failures > self.retries {
                return Err(error);
            }
            tokio::time::sleep(pause(failures, &job)).await;
        }
    }

    async fn attempt(&self, job: &Job, partial: &mut Partial) -> Result<(), TableError> {
        let server = |failure| TableError::Server { failure, path: job.path.clone() };
        let mut request = self.api.get(&job.path).patiently();
        let have = partial.bytes();
        if have > 0 {
            request = request.header(RANGE, &format!("bytes={have}-"));
            if let Some(etag) = partial.etag() {
                request = request.header(IF_RANGE, etag);
            }
        }
        let mut response = request.open().await.map_err(server)?;
        let continues = response.status() == 206 && starts_at(&response) == Some(have);
        if !continues && have > 0 {
            if response.status() == 206 {
                return Err(server(self.api.not_understood("another range than was asked for")));
            }
            partial.restart()?;
        }
        partial.label(response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()))?;
        self.progress.inc(partial.bytes());
        loop {
            let piece = match response.chunk().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => {
                    // The next attempt counts them again.
                    self.progress.dec(partial.bytes());
                    return Err(server(Failure::unreachable(self.api.server(), &error)));
                }
            };
            partial.write(&piece)?;
            self.progress.inc(piece.len() as u64);
            if job.is_too_long(partial.bytes()) {
                return Err(TableError::Size { expected: job.entry.size_bytes, got: partial.bytes() });
            }
        }
        job.check(&partial.sums())?;
        if !job.has_checksum() && !partial.is_parquet()? {
            return Err(TableError::NotParquet);
        }
        Ok(())
    }
}

/// Reading what is there already may take a while: not on this thread.
async fn open(job: &Job) -> Result<Partial, TableError> {
    let job = job.clone();
    let opened = tokio::task::spawn_blocking(move || Partial::open(&job)).await;
    Ok(opened.map_err(|_| TableError::Interrupted)??)
}

async fn finish(job: Job, partial: Partial) -> Result<(Job, Record), TableError> {
    let done = tokio::task::spawn_blocking(move || {
        let md5 = partial.sums().md5;
        partial.publish(&job.target)?;
        let record = Record::new(&job.entry, md5, Fingerprint::of(&job.target));
        Ok((job, record))
    });
    done.await.map_err(|_| TableError::Interrupted)?
}

fn starts_at(response: &reqwest::Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// A little different for every table, so that they do not all come back at once.
fn pause(failures: u32, job: &Job) -> Duration {
    let index = (failures.max(1) as usize - 1).min(PAUSES_MS.len() - 1);
    let spread = job.key.as_str().bytes().map(u64::from).sum::<u64>() % 20;
    Duration::from_millis(PAUSES_MS[index] * (90 + spread) / 100)
}
