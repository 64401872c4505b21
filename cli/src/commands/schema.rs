//! `da schema`.

use agnes_contract::catalog::TableSchema;

use crate::{
    api::{self, Answer, Api},
    error::Error,
    exit::Exit,
    output::{json, table::columns},
    printer::Printer,
    settings::Settings,
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id or name of the table
    table: String,
    /// Print the server's answer as JSON
    #[arg(long)]
    json: bool,
}

/// Shows the columns of a table.
pub async fn schema(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let (answer, schema) = ask(&api, &args.table).await?;
    if args.json {
        let text = json::verbatim(&answer.text).unwrap_or_default();
        printer.raw(format!("{text}\n").as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    let dialect = schema.sql_flavor.to_uppercase();
    printer.line(&format!("Table: {}  source: {}  dialect: {dialect}", schema.table_id, schema.source_type))?;
    printer.line(&columns(&[("COLUMN", 30), ("TYPE", 15), ("NULL", 5), ("DESCRIPTION", 0)]))?;
    for column in &schema.columns {
        let null = if column.nullable { "YES" } else { "NO" };
        printer.line(&columns(&[(&column.name, 30), (&column.data_type, 15), (null, 5), (&column.description, 0)]))?;
    }
    if let Some(column) = &schema.partition_by {
        printer.line(&format!("Partition: {column}"))?;
    }
    if !schema.clustered_by.is_empty() {
        printer.line(&format!("Clustered: {}", schema.clustered_by.join(", ")))?;
    }
    if !schema.where_dialect_hints.is_empty() {
        printer.line("WHERE dialect hints:")?;
        for (name, hint) in &schema.where_dialect_hints {
            let hint = hint.as_str().map_or_else(|| hint.to_string(), str::to_owned);
            printer.line(&format!("  {name}: {hint}"))?;
        }
    }
    Ok(Exit::SUCCESS)
}

/// The schema as it came, and understood.
pub async fn ask(api: &Api, table: &str) -> Result<(Answer, TableSchema), Error> {
    let failed = "schema failed: ";
    let path = api::path("/api/v2/schema/", table, "")?;
    let answer = api.get(&path).send().await.map_err(Error::api(failed))?;
    let schema = answer.parse_leniently(api).map_err(Error::api(failed))?;
    Ok((answer, schema))
}
