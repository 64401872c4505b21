//! `da setup init`.

use crate::{
    error::Error,
    exit::Exit,
    printer::Printer,
    settings::{ServerUrl, Settings},
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address of the server
    #[arg(long, value_name = "URL", default_value = "http://localhost:8000")]
    server: String,
}

/// Remembers the server's address.
pub fn init(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let server = ServerUrl::parse(&args.server, "--server")?;
    settings.config()?.save_server(&settings.config_dir, &server)?;
    printer.line(&format!("Configuration saved to {}", settings.config_dir.join("config.yaml").display()))?;
    Ok(Exit::SUCCESS)
}
