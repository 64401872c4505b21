//! `da completions`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{arguments::Arguments, error::Error, exit::Exit, printer::Printer};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For which shell
    shell: Shell,
}

/// Prints a completion script.
pub fn completions(args: Args, printer: &Printer) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "da", &mut script);
    printer.raw(&script)?;
    Ok(Exit::SUCCESS)
}
