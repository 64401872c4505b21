//! `da auth token`: personal access tokens.

pub mod create;
pub mod list;
pub mod revoke;

use agnes_contract::token::Token;
use clap::Subcommand;

use crate::{clock, error::Error, exit::Exit, printer::Printer, settings::Settings};

/// Where they are.
const PATH: &str = "/auth/tokens";
/// What every refusal begins with.
const FAILED: &str = "Failed: ";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a token; it is shown once
    Create(create::Args),
    /// List your tokens
    List(list::Args),
    /// Revoke a token
    Revoke(revoke::Args),
}

impl Command {
    /// Does it.
    pub async fn run(self, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
        match self {
            Self::Create(args) => create::create(args, settings, printer).await,
            Self::List(args) => list::list(args, settings, printer).await,
            Self::Revoke(args) => revoke::revoke(args, settings, printer).await,
        }
    }
}

/// Whether a token still works.
fn status(token: &Token) -> &'static str {
    if token.revoked_at.is_some() {
        "revoked"
    } else if token.expires_at.is_some_and(|at| at <= clock::now()) {
        "expired"
    } else {
        "active"
    }
}
