//! Why a command failed, in one line, and what to do next, in another.

use std::{io, path::PathBuf};

use crate::{
    api::Failure,
    exit::{Contract, Exit},
};

/// A cause of failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server said no, or nothing. `doing` ends with what separates it from the reason.
    #[error("{doing}{failure}")]
    Api { doing: &'static str, failure: Failure },
    /// The same where clients match on the server's words alone.
    #[error("{doing}{}", failure.detail())]
    Refused { doing: &'static str, failure: Failure },
    /// What was typed makes no sense.
    #[error("{0}")]
    Usage(String),
    /// Something is missing or in the way; the hint says what to do.
    #[error("{text}")]
    Unmet { text: String, hint: &'static str },
    /// A file of ours that is not what it should be.
    #[error("{} is damaged: {reason}", path.display())]
    Corrupt { path: PathBuf, reason: String, hint: &'static str },
    /// The file system.
    #[error("cannot {doing} {}: {source}", path.display())]
    File { doing: &'static str, path: PathBuf, source: io::Error },
    /// The local database refused a statement.
    #[error("Query error: {0}")]
    Query(String),
    /// The local database cannot be opened or changed.
    #[error("{doing}: {reason}")]
    Database { doing: &'static str, reason: String, hint: &'static str },
    /// Writing to stdout.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// The end of the input instead of an answer.
    #[error("Aborted.")]
    Aborted,
    /// A bug of ours.
    #[error("{0} failed unexpectedly")]
    Internal(&'static str),
}

impl Error {
    /// The file system said no while `doing` something to `path`.
    pub fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    /// The server said no; the message has the status.
    pub fn api(doing: &'static str) -> impl FnOnce(Failure) -> Self {
        move |failure| Self::Api { doing, failure }
    }

    /// The server said no; the message has only its words.
    pub fn refused(doing: &'static str) -> impl FnOnce(Failure) -> Self {
        move |failure| Self::Refused { doing, failure }
    }

    /// Something is missing.
    pub fn unmet(text: impl Into<String>, hint: &'static str) -> Self {
        Self::Unmet { text: text.into(), hint }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Api { failure, .. } | Self::Refused { failure, .. } => failure.hint(),
            Self::Unmet { hint, .. } | Self::Corrupt { hint, .. } | Self::Database { hint, .. } => {
                (!hint.is_empty()).then(|| (*hint).to_owned())
            }
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("free some space; `da disk-info` shows what is used".to_owned())
            }
            Self::Internal(_) => Some("this is a bug in da; please report it with the command you ran".to_owned()),
            _ => None,
        }
    }

    /// The exit code, by the promise the command makes.
    pub const fn exit(&self, contract: Contract) -> Exit {
        match self {
            Self::Api { failure, .. } | Self::Refused { failure, .. } => match failure {
                Failure::Status { status, .. } => contract.of_status(*status),
                Failure::Redirect { status, .. } => contract.of_status(*status),
                Failure::Unreachable { .. } | Failure::Timeout { .. } => contract.of_silence(),
                Failure::NotUnderstood { .. } => contract.of_nonsense(),
            },
            Self::Usage(_) => Exit::USAGE,
            _ => Exit::FAILURE,
        }
    }
}
