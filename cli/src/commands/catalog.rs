//! `da catalog`.

use agnes_contract::catalog::CatalogV2;

use crate::{
    api::Api,
    error::Error,
    exit::Exit,
    output::{json, table::columns},
    printer::Printer,
    settings::Settings,
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the server's answer as JSON
    #[arg(long)]
    json: bool,
    /// Ask the server to look again
    #[arg(long)]
    refresh: bool,
}

/// Lists the tables the caller may read.
pub async fn catalog(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let failed = Error::api("catalog failed: ");
    let path = format!("/api/v2/catalog?refresh={}", u8::from(args.refresh));
    let answer = match api.get(&path).send().await {
        Ok(answer) => answer,
        Err(failure) => return Err(failed(failure)),
    };
    let catalog: CatalogV2 = answer.parse_leniently(&api).map_err(failed)?;
    if args.json {
        let text = json::verbatim(&answer.text).unwrap_or_default();
        printer.raw(format!("{text}\n").as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    printer.line(&columns(&[("ID", 30), ("SOURCE", 10), ("MODE", 8), ("FLAVOR", 10), ("NAME", 0)]))?;
    for table in &catalog.tables {
        printer.line(&columns(&[
            (&table.id, 30),
            (&table.source_type, 10),
            (&table.query_mode, 8),
            (&table.sql_flavor, 10),
            (&table.name, 0),
        ]))?;
    }
    if catalog.tables.is_empty() {
        printer.note("You may not read any table yet; an admin can grant you some.");
    }
    Ok(Exit::SUCCESS)
}
