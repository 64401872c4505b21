//! `da auth token create`.

use agnes_contract::token::{CreatedToken, NewToken};

use super::{FAILED, PATH};
use crate::{api::Api, env_vars, error::Error, exit::Exit, printer::Printer, settings::Settings};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to call it
    #[arg(long)]
    name: String,
    /// How long it works: a number of days like 90d, or never
    #[arg(long, default_value = "90d", value_parser = lifetime)]
    ttl: Lifetime,
    /// Limit it to some of: sync query marketplace admin
    #[arg(long, value_name = "SCOPES")]
    scopes: Option<String>,
    /// Print only the token
    #[arg(long)]
    raw: bool,
}

/// Days; `None`: for ever.
#[derive(Clone, Copy, Debug)]
struct Lifetime(Option<i64>);

fn lifetime(text: &str) -> Result<Lifetime, String> {
    let text = text.trim().to_lowercase();
    if matches!(text.as_str(), "" | "never" | "none" | "no-expiry") {
        return Ok(Lifetime(None));
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    days.map(|days| Lifetime(Some(days))).ok_or_else(|| "a number of days like 90d, or never".to_owned())
}

/// Makes a token.
pub async fn create(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let new = NewToken { name: args.name, expires_in_days: args.ttl.0, scopes: args.scopes };
    let token: CreatedToken = api.post(PATH).json(&new).read().await.map_err(Error::refused(FAILED))?;
    if args.raw {
        printer.line(&token.token)?;
        return Ok(Exit::SUCCESS);
    }
    let expires = token.expires_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    printer.line("Token created. It is shown only now:")?;
    printer.line("")?;
    printer.line(&format!("  {}", token.token))?;
    printer.line("")?;
    printer.line(&format!("id:      {}", token.id))?;
    printer.line(&format!("name:    {}", token.name))?;
    printer.line(&format!("expires: {expires}"))?;
    printer.line("")?;
    printer.line(&format!("export {}={}", env_vars::DA_TOKEN, token.token))?;
    Ok(Exit::SUCCESS)
}
