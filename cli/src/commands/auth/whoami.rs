//! `da auth whoami`.

use agnes_contract::time;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    api::Api,
    clock,
    error::Error,
    exit::Exit,
    output::json,
    printer::Printer,
    settings::{Claims, Settings, TokenSource},
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Ask the server whether it accepts the token
    #[arg(long)]
    pub verify: bool,
}

#[derive(Serialize)]
struct Whoami {
    email: String,
    role: String,
    server: String,
    source: &'static str,
    #[serde(with = "time::offset_option")]
    expires_at: Option<DateTime<Utc>>,
    expired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<bool>,
}

/// Tells who is signed in, as far as the token itself says.
pub async fn whoami(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let Some(token) = settings.token()? else {
        printer.line("Not logged in. Run `da auth login`, or set DA_TOKEN.")?;
        return Ok(Exit::FAILURE);
    };
    let Ok(claims) = Claims::of(&token.access_token) else {
        printer.line("Invalid token. Run `da auth login` again.")?;
        return Ok(Exit::FAILURE);
    };
    if args.verify {
        let api = Api::new(settings)?;
        api.get("/api/catalog/tables").send().await.map_err(Error::api("Token not accepted: "))?;
    }
    let unknown = || "unknown".to_owned();
    let expires_at = claims.expires_at();
    let known = Whoami {
        email: claims.email.unwrap_or_else(unknown),
        role: claims.role.unwrap_or_else(unknown),
        server: settings.server()?.to_string(),
        source: match token.source {
            TokenSource::Environment => "DA_TOKEN",
            TokenSource::File => "token.json",
        },
        expires_at,
        expired: expires_at.is_some_and(|at| at <= clock::now()),
        accepted: args.verify.then_some(true),
    };
    if args.json {
        printer.raw(format!("{}\n", json::document(&known)).as_bytes())?;
        return Ok(Exit::SUCCESS);
    }
    printer.line(&format!("Email:  {}", known.email))?;
    printer.line(&format!("Role:   {}", known.role))?;
    printer.line(&format!("Server: {}", known.server))?;
    let until = expires_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string());
    printer.line(&format!("Expires: {until}{}", if known.expired { " (expired)" } else { "" }))?;
    printer.line(&format!("Token:  from {}", known.source))?;
    if args.verify {
        printer.line("The server accepts it.")?;
    }
    Ok(Exit::SUCCESS)
}
