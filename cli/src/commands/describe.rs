//! `da describe`.

use agnes_contract::catalog::TableSample;

use super::schema;
use crate::{
    api::{self, Api},
    error::Error,
    exit::Exit,
    output::{
        cells::{Cell, ResultSet},
        json,
        table::{boxed, columns},
    },
    printer::Printer,
    settings::Settings,
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id or name of the table
    table: String,
    /// How many rows to show, 1 to 100
    #[arg(short = 'n', long, default_value_t = 5)]
    rows: u32,
    /// Print both answers as one JSON document
    #[arg(long)]
    json: bool,
}

/// Shows the columns of a table and a few rows.
pub async fn describe(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let (schema_answer, schema) = schema::ask(&api, &args.table).await?;
    let path = api::path("/api/v2/sample/", &args.table, &format!("?n={}", args.rows))?;
    let answer = api.get(&path).send().await.map_err(Error::api("sample failed: "))?;
    let sample: TableSample = answer.parse(&api).map_err(Error::api("sample failed: "))?;
    if args.json {
        let both = format!("{{\"schema\":{},\"sample\":{}}}", schema_answer.text, answer.text);
        let text = json::verbatim(&both).unwrap_or_default();
        printer.raw(format!("{text}\n").as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    printer.line(&format!("Table: {}", schema.table_id))?;
    printer.line("Schema:")?;
    for column in &schema.columns {
        printer.line(&format!("  {}", columns(&[(&column.name, 30), (&column.data_type, 0)])))?;
    }
    printer.line(&format!("Sample ({} rows):", sample.rows.len()))?;
    if !sample.rows.is_empty() {
        let names: Vec<String> = schema.columns.into_iter().map(|column| column.name).collect();
        let rows = sample
            .rows
            .into_iter()
            .map(|mut row| names.iter().map(|name| row.remove(name).map_or(Cell::Null, Cell::from)).collect());
        let result = ResultSet { rows: rows.collect(), columns: names.clone(), truncated: false };
        printer.raw(format!("{}\n", boxed(&result, printer.out_is_terminal())).as_bytes())?;
    }
    Ok(Exit::SUCCESS)
}
