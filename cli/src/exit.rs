//! What a number at the end means: the one table from causes to exit codes.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(pub u8);

impl Exit {
    /// Done.
    pub const SUCCESS: Self = Self(0);
    /// It did not work.
    pub const FAILURE: Self = Self(1);
    /// What was asked for makes no sense.
    pub const USAGE: Self = Self(2);
    /// Ctrl-C.
    pub const INTERRUPTED: Self = Self(130);
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}

/// Which promise a command makes about its exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contract {
    /// 1 for everything that is not a usage error: the older commands.
    Classic,
    /// A code per cause: `catalog`, `schema`, `describe`, `disk-info`.
    PerCause,
}

impl Contract {
    /// The exit code of an HTTP answer that is an error.
    pub const fn of_status(self, status: u16) -> Exit {
        match (self, status) {
            (Self::Classic, _) => Exit::FAILURE,
            (Self::PerCause, 401) => Exit(7),
            (Self::PerCause, 403) => Exit(8),
            (Self::PerCause, 429) => Exit(3),
            (Self::PerCause, 500..) => Exit(5),
            (Self::PerCause, 300..=399) => Exit(9),
            (Self::PerCause, _) => Exit::USAGE,
        }
    }

    /// The exit code when no answer came.
    pub const fn of_silence(self) -> Exit {
        match self {
            Self::Classic => Exit::FAILURE,
            Self::PerCause => Exit(9),
        }
    }

    /// The exit code when an answer came that cannot be understood.
    pub const fn of_nonsense(self) -> Exit {
        match self {
            Self::Classic => Exit::FAILURE,
            Self::PerCause => Exit(5),
        }
    }
}
