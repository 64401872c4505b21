//! `da auth token revoke`.

use agnes_contract::token::Token;

use super::{FAILED, PATH, status};
use crate::{
    api::{self, Api},
    error::Error,
    exit::Exit,
    printer::Printer,
    settings::Settings,
};

/// What can be said about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id, prefix or name of the token
    ident: String,
}

/// Revokes a token. A name that means several working tokens means none.
pub async fn revoke(args: Args, settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    let api = Api::new(settings)?;
    let tokens: Vec<Token> = api.get(PATH).read().await.map_err(Error::refused(FAILED))?;
    let mut matching: Vec<&Token> =
        tokens.iter().filter(|token| [&token.id, &token.prefix, &token.name].contains(&&args.ident)).collect();
    // Stable: among equals the server's order stays.
    matching.sort_by_key(|token| token.revoked_at.is_some());
    let working = matching.iter().filter(|token| token.revoked_at.is_none()).count();
    let token = match matching.first() {
        None => {
            return Err(Error::unmet(format!("Failed: no token '{}'", args.ident), "`da auth token list` lists them"));
        }
        Some(_) if working > 1 => {
            return Err(Error::unmet(
                format!("Failed: '{}' means {working} tokens", args.ident),
                "say which one by its id; `da auth token list` lists them",
            ));
        }
        Some(token) => token,
    };
    if status(token) == "revoked" {
        printer.note("It was revoked already.");
    }
    let path = api::path("/auth/tokens/", &token.id, "")?;
    api.delete(&path).send().await.map_err(Error::refused(FAILED))?;
    printer.line(&format!("Revoked {} ({})", token.name, token.prefix))?;
    Ok(Exit::SUCCESS)
}
