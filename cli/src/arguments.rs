//! What can be typed.

use clap::{Parser, Subcommand};

use crate::{
    commands::{auth, catalog, completions, describe, diagnose, disk_info, query, schema, setup, status, sync},
    env_vars,
    error::Error,
    exit::{Contract, Exit},
    printer::Printer,
    settings::Settings,
};

/// AI Data Analyst CLI: sync the data you may see, query it offline, ask the server for the rest.
#[derive(Debug, Parser)]
#[command(name = "da", version = agnes_contract::VERSION, arg_required_else_help = true, after_long_help = environment())]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in, sign out, manage access tokens
    #[command(subcommand)]
    Auth(auth::Command),
    /// Sign in with e-mail address and password (same as `da auth login`)
    Login(auth::login::Args),
    /// Forget the stored token (same as `da auth logout`)
    Logout,
    /// Tell who is signed in (same as `da auth whoami`)
    Whoami(auth::whoami::Args),
    /// Download the tables you may read, and keep them up to date
    Sync(sync::Args),
    /// Run SQL on the synced tables, or on the server
    Query(query::Args),
    /// List the tables you may read
    Catalog(catalog::Args),
    /// Show the columns of a table
    Schema(schema::Args),
    /// Show the columns of a table and a few rows
    Describe(describe::Args),
    /// Tell how the server is, or what was synced
    Status(status::Args),
    /// Check the connection and the server, and say what to do
    Diagnose(diagnose::Args),
    /// Tell how much disk snapshots use
    DiskInfo(disk_info::Args),
    /// Connect to a server, and first steps on a new one
    #[command(subcommand)]
    Setup(setup::Command),
    /// Print a completion script for a shell
    Completions(completions::Args),
}

impl Command {
    /// What its exit codes promise.
    pub const fn contract(&self) -> Contract {
        match self {
            Self::Catalog(_) | Self::Schema(_) | Self::Describe(_) | Self::DiskInfo(_) => Contract::PerCause,
            _ => Contract::Classic,
        }
    }

    /// Whether it needs the server anyway.
    pub const fn talks_to_server(&self) -> bool {
        match self {
            Self::Auth(command) => command.talks_to_server(),
            Self::Query(args) => args.remote,
            Self::Status(args) => !args.local,
            Self::Setup(command) => command.talks_to_server(),
            Self::Whoami(args) => args.verify,
            Self::Logout | Self::DiskInfo(_) | Self::Completions(_) => false,
            Self::Login(_)
            | Self::Sync(_)
            | Self::Catalog(_)
            | Self::Schema(_)
            | Self::Describe(_)
            | Self::Diagnose(_) => true,
        }
    }

    /// Does it.
    pub async fn run(self, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
        match self {
            Self::Auth(command) => command.run(settings, printer).await,
            Self::Login(args) => auth::login::login(args, settings, printer).await,
            Self::Logout => auth::logout::logout(settings, printer),
            Self::Whoami(args) => auth::whoami::whoami(args, settings, printer).await,
            Self::Sync(args) => sync::sync(args, settings, printer).await,
            Self::Query(args) => query::query(args, settings, printer).await,
            Self::Catalog(args) => catalog::catalog(args, settings, printer).await,
            Self::Schema(args) => schema::schema(args, settings, printer).await,
            Self::Describe(args) => describe::describe(args, settings, printer).await,
            Self::Status(args) => status::status(args, settings, printer).await,
            Self::Diagnose(args) => diagnose::diagnose(args, settings, printer).await,
            Self::DiskInfo(args) => disk_info::disk_info(args, settings, printer),
            Self::Setup(command) => command.run(settings, printer).await,
            Self::Completions(args) => completions::completions(args, printer),
        }
    }
}

fn environment() -> String {
    let lines: Vec<String> =
        env_vars::ALL.iter().map(|(name, meaning)| format!("  {name:<24}{}", meaning.trim())).collect();
    format!("Environment:\n{}", lines.join("\n"))
}
