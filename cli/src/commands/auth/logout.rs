//! `da auth logout`.

use crate::{
    env_vars,
    error::Error,
    exit::Exit,
    printer::Printer,
    settings::{Settings, StoredToken, TokenSource},
};

/// Forgets the stored token.
pub fn logout(settings: &Settings, printer: &Printer) -> Result<Exit, Error> {
    StoredToken::remove(&settings.config_dir)?;
    printer.line("Logged out.")?;
    if settings.token().is_ok_and(|token| token.is_some_and(|token| token.source == TokenSource::Environment)) {
        printer.warn(&format!("{} is still set.", env_vars::DA_TOKEN));
    }
    Ok(Exit::SUCCESS)
}
