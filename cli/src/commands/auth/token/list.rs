//! `da auth token list`.

use agnes_contract::token::Token;
use chrono::{DateTime, Utc};

use super::{FAILED, PATH, status};
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
}

/// Lists the caller's tokens.
pub async fn list(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let answer = api.get(PATH).send().await.map_err(Error::refused(FAILED))?;
    let tokens: Vec<Token> = answer.parse(&api).map_err(Error::refused(FAILED))?;
    if args.json {
        let text = json::verbatim(&answer.text).unwrap_or_default();
        printer.raw(format!("{text}\n").as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    if tokens.is_empty() {
        printer.note("No tokens. `da auth token create --name NAME` makes one.");
        return Ok(Exit::SUCCESS);
    }
    let row = |cells: [&str; 6]| {
        let [id, name, prefix, expires, used, status] = cells;
        columns(&[(id, 36), (name, 20), (prefix, 10), (expires, 20), (used, 20), (status, 0)])
    };
    printer.line(&row(["ID", "NAME", "PREFIX", "EXPIRES", "LAST USED", "STATUS"]))?;
    for token in &tokens {
        let (expires, used) = (when(token.expires_at), when(token.last_used_at));
        printer.line(&row([&token.id, &token.name, &token.prefix, &expires, &used, status(token)]))?;
    }
    Ok(Exit::SUCCESS)
}

fn when(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string())
}
