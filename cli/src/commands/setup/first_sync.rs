//! `da setup first-sync`.

use agnes_contract::sync::SyncTriggered;

use crate::{api::Api, error::Error, exit::Exit, printer::Printer, settings::Settings};

/// Has the server sync its sources.
pub async fn first_sync(settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let request = api.post("/api/sync/trigger").read::<SyncTriggered>();
    let triggered = request.await.map_err(Error::refused("Sync could not be started: "))?;
    printer.line(&format!("{}: {}", triggered.status, triggered.message))?;
    Ok(Exit::SUCCESS)
}
