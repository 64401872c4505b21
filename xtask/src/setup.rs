//! What a build needs before cargo can start.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::{
    libduckdb,
    steps::{self, Steps},
    workspace::{self, Workspace},
};

const WASM: &str = "wasm32-unknown-unknown";

/// Fetches whatever is missing; does nothing, quickly, when nothing is.
pub fn all(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    steps.take("set up: wasm target", wasm_target)?;
    steps.take("set up: libduckdb", || libduckdb::ensure(&workspace.libduckdb()))
}

/// Prints the variables that plain cargo commands want when `CARGO_TARGET_DIR` is not the default.
pub fn print_env(workspace: &Workspace) {
    steps::answer(&format!("export CARGO_TARGET_DIR={}", quoted(&workspace.target.to_string_lossy())));
    steps::answer(&format!("export DUCKDB_LIB_DIR={}", quoted(&workspace.libduckdb().to_string_lossy())));
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn wasm_target() -> Result<()> {
    // Asked of the compiler, not of rustup: distributions ship Rust without it.
    let root = Command::new("rustc").args(["--print", "sysroot"]).stderr(Stdio::inherit()).output()?;
    let libraries = String::from_utf8_lossy(&root.stdout).trim().to_owned() + "/lib/rustlib/" + WASM + "/lib";
    if std::path::Path::new(&libraries).is_dir() {
        steps::note(&format!("{WASM} is installed"));
        return Ok(());
    }
    if workspace::which("rustup").is_none() {
        bail!("the Rust target {WASM} is missing and there is no rustup to add it; install it with your Rust packages");
    }
    steps::note(&format!("adding {WASM}"));
    workspace::run(Command::new("rustup").args(["target", "add", WASM]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_shell() {
        assert_eq!(quoted("/it's here"), r"'/it'\''s here'");
    }
}
