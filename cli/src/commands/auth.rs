//! `da auth`: who one is to the server.

pub mod import_token;
pub mod login;
pub mod logout;
pub mod token;
pub mod whoami;

use clap::Subcommand;

use crate::{error::Error, exit::Exit, printer::Printer, settings::Settings};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in with e-mail address and password
    Login(login::Args),
    /// Forget the stored token
    Logout,
    /// Tell who is signed in
    Whoami(whoami::Args),
    /// Store a token made in the console
    ImportToken(import_token::Args),
    /// Make, list and revoke personal access tokens
    #[command(subcommand)]
    Token(token::Command),
}

impl Command {
    /// Whether it needs the server anyway.
    pub const fn talks_to_server(&self) -> bool {
        match self {
            Self::Logout => false,
            Self::Whoami(args) => args.verify,
            Self::ImportToken(args) => !args.skip_verify,
            Self::Login(_) | Self::Token(_) => true,
        }
    }

    /// Does it.
    pub async fn run(self, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
        match self {
            Self::Login(args) => login::login(args, settings, printer).await,
            Self::Logout => logout::logout(settings, printer),
            Self::Whoami(args) => whoami::whoami(args, settings, printer).await,
            Self::ImportToken(args) => import_token::import_token(args, settings, printer).await,
            Self::Token(command) => command.run(settings, printer).await,
        }
    }
}
