//! The one way out: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use crate::{error::Error, output::text::clean};

/// Writes what commands have to say.
#[derive(Debug)]
pub struct Printer {
    out_is_terminal: bool,
    err_is_terminal: bool,
    plain: bool,
}

impl Printer {
    /// Over this process' streams.
    pub fn new(plain: bool) -> Self {
        Self { out_is_terminal: io::stdout().is_terminal(), err_is_terminal: io::stderr().is_terminal(), plain }
    }

    /// Whether a person looks at stdout.
    pub const fn out_is_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// Whether moving progress makes sense.
    pub const fn shows_progress(&self) -> bool {
        self.err_is_terminal && !self.plain
    }

    /// A line of data. The text may hold anything a server sent: what could move the cursor is dropped.
    pub fn line(&self, text: &str) -> Result<(), Error> {
        self.raw(format!("{}\n", clean(text)).as_bytes())
    }

    /// Data exactly as it is; only for what was made safe already, or for a file or pipe.
    pub fn raw(&self, bytes: &[u8]) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(Error::Output)
    }

    /// Something to know that is not data.
    pub fn note(&self, text: &str) {
        // Nobody listens on stderr: then there is nobody to tell about that either.
        let _ = writeln!(io::stderr().lock(), "{}", clean(text));
    }

    /// Something to worry about.
    pub fn warn(&self, text: &str) {
        self.note(&format!("Warning: {text}"));
    }

    /// One line of what went wrong, and one of what to do next.
    pub fn failure(&self, error: &Error) {
        match error {
            // A reader that has seen enough (`| head`) is no failure.
            Error::Output(source) if source.kind() == io::ErrorKind::BrokenPipe => {}
            Error::Aborted => self.note("Aborted."),
            _ => {
                self.note(&format!("Error: {error}"));
                if let Some(hint) = error.hint() {
                    self.note(&format!("hint: {hint}"));
                }
            }
        }
    }
}
