//! What can go wrong while publishing.

use std::{io, path::PathBuf};

/// Why something was not published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("could not {doing} {}", path.display())]
    File {
        /// What we were doing, as a verb.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file kept changing while it was copied.
    #[error("{} is being written", .0.display())]
    Changing(PathBuf),
    /// The worker that reads connectors' files refused, failed or died.
    #[error("{0}")]
    Worker(String),
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
}

impl Error {
    pub(crate) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    /// The message and the messages of everything beneath it.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        text
    }
}
