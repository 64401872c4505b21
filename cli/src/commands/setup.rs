//! `da setup`: connecting to a server, and first steps on a new one.

pub mod bootstrap;
pub mod first_sync;
pub mod init;
pub mod test_connection;
pub mod verify;

use clap::Subcommand;

use crate::{error::Error, exit::Exit, printer::Printer, settings::Settings};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Remember the server's address
    Init(init::Args),
    /// Create the first admin of a new server
    Bootstrap(bootstrap::Args),
    /// Check that the server answers
    TestConnection,
    /// Have the server sync its sources
    FirstSync,
    /// Check a new installation
    Verify(verify::Args),
}

impl Command {
    /// Whether it needs the server anyway.
    pub const fn talks_to_server(&self) -> bool {
        !matches!(self, Self::Init(_))
    }

    /// Does it.
    pub async fn run(self, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
        match self {
            Self::Init(args) => init::init(args, settings, printer),
            Self::Bootstrap(args) => bootstrap::bootstrap(args, settings, printer).await,
            Self::TestConnection => test_connection::test_connection(settings, printer).await,
            Self::FirstSync => first_sync::first_sync(settings, printer).await,
            Self::Verify(args) => verify::verify(args, settings, printer).await,
        }
    }
}
