//! `da status`.

use agnes_contract::health::{DetailedHealth, Health};
use serde::Serialize;

use crate::{
    api::{Api, Failure},
    error::Error,
    exit::Exit,
    output::{json, text::thousands},
    printer::Printer,
    settings::Settings,
    sync::State,
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only look at what was synced; ask nobody
    #[arg(long)]
    pub local: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct LocalStatus<'a> {
    mode: &'static str,
    tables_synced: usize,
    last_sync: &'a str,
    workspace: String,
    server: String,
    tables: &'a std::collections::BTreeMap<String, crate::sync::Record>,
}

/// Tells how the server is, or what was synced.
pub async fn status(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    if args.local {
        return local(&args, settings, printer);
    }
    let api = Api::new(settings)?;
    let health: Health = api.get("/api/health").read().await.map_err(Error::api(""))?;
    if health.status != "ok" {
        printer.line(&format!("Status: {}", health.status))?;
        return Ok(Exit::SUCCESS);
    }
    let answer = match api.get("/api/health/detailed").send().await {
        Ok(answer) => answer,
        Err(failure @ Failure::Status { status: 401 | 403, .. }) => return signed_out(&args, &failure, printer),
        Err(failure) => return Err(Error::Api { doing: "", failure }),
    };
    if args.json {
        let text = json::verbatim(&answer.text)
            .ok_or_else(|| Error::Api { doing: "", failure: api.not_understood("not JSON") })?;
        printer.raw(format!("{text}\n").as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    let detailed: DetailedHealth = answer.parse_leniently(&api).map_err(Error::api(""))?;
    printer.line(&format!("Status: {}", detailed.status))?;
    for (name, service) in &detailed.services {
        let mut line = format!("  {name}: {}", service.status);
        if let Some(tables) = service.tables {
            line += &format!(" ({tables} tables, {} rows)", thousands(service.total_rows.unwrap_or_default()));
        }
        if let Some(count) = service.count {
            line += &format!(" ({count})");
        }
        if let Some(stale) = service.stale_tables.as_ref().filter(|stale| !stale.is_empty()) {
            line += &format!(" [stale: {}]", stale.join(", "));
        }
        printer.line(&line)?;
    }
    Ok(Exit::SUCCESS)
}

/// The server is up but does not say more to a stranger.
fn signed_out(args: &Args, failure: &Failure, printer: &Printer) -> Result<Exit, Error> {
    if args.json {
        let document = json::document(&serde_json::json!({"status": "unknown", "detail": failure.detail()}));
        printer.raw(format!("{document}\n").as_bytes())?;
    } else {
        printer.line("Status: unknown")?;
    }
    printer.note(&format!("The server is up, but: {failure}"));
    if let Some(hint) = failure.hint() {
        printer.note(&format!("hint: {hint}"));
    }
    Ok(Exit::SUCCESS)
}

fn local(args: &Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let (server, workspace) = (settings.server()?, settings.workspace()?);
    let state = State::load(&settings.config_dir, &server, &workspace);
    let status = LocalStatus {
        mode: "local",
        tables_synced: state.tables().len(),
        last_sync: state.last_sync().unwrap_or("never"),
        workspace: workspace.root().display().to_string(),
        server: server.to_string(),
        tables: state.tables(),
    };
    if args.json {
        printer.raw(format!("{}\n", json::document(&status)).as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    printer.line("Mode: offline (local data)")?;
    printer.line(&format!("Tables synced: {}", status.tables_synced))?;
    printer.line(&format!("Last sync: {}", status.last_sync))?;
    printer.line(&format!("Workspace: {}", status.workspace))?;
    Ok(Exit::SUCCESS)
}
