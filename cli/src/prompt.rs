//! Asking the person at the terminal; never anybody else.

use std::io::{self, BufRead, IsTerminal, Read};

use crate::{error::Error, printer::Printer};

/// A line, asked for. Without a terminal the error names the flag instead.
pub fn line(printer: &Printer, question: &str, missing: &str, hint: &'static str) -> Result<String, Error> {
    if !io::stdin().is_terminal() {
        return Err(Error::unmet(missing, hint));
    }
    printer.note(question);
    let mut text = String::new();
    match io::stdin().lock().read_line(&mut text) {
        Ok(0) | Err(_) => Err(Error::Aborted),
        Ok(_) => Ok(text.trim().to_owned()),
    }
}

/// A secret, asked for without showing it.
pub fn secret(question: &str, missing: &str, hint: &'static str) -> Result<String, Error> {
    if !io::stdin().is_terminal() {
        return Err(Error::unmet(missing, hint));
    }
    rpassword::prompt_password(question).map_err(|_| Error::Aborted)
}

/// Everything on stdin, as text.
pub fn stdin() -> Result<String, Error> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text).map_err(Error::file("read", "stdin"))?;
    Ok(text)
}

/// A secret that was piped in: the first line.
pub fn piped_secret() -> Result<String, Error> {
    Ok(stdin()?.lines().next().unwrap_or_default().to_owned())
}
