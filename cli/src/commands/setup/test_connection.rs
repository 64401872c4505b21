//! `da setup test-connection`.

use agnes_contract::health::{DetailedHealth, Health};

use crate::{api::Api, error::Error, exit::Exit, printer::Printer, settings::Settings};

/// Checks that the server answers, and tells what it says of itself.
pub async fn test_connection(settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let health: Health = api.get("/api/health").read().await.map_err(Error::api("Connection failed: "))?;
    printer.line(&format!("Server {}: {}", api.server(), health.status))?;
    if health.status != "ok" {
        return Ok(Exit::FAILURE);
    }
    match api.get("/api/health/detailed").read::<DetailedHealth>().await {
        Ok(detailed) => {
            for (name, service) in &detailed.services {
                printer.line(&format!("  {name}: {}", service.status))?;
            }
        }
        Err(failure) => printer.note(&format!("The server does not say more: {failure}")),
    }
    printer.line("Connection works.")?;
    Ok(Exit::SUCCESS)
}
