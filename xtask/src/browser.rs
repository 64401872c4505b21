//! The browser tests of `end2end/`: what they need, and how they are started.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    libduckdb, run, steps,
    workspace::{self, Profile, Workspace},
};

/// Where Debian's package puts the browser; `end2end/playwright.config.ts` looks there first.
const SYSTEM_BROWSER: &str = "/usr/bin/chromium";

/// Installs the npm packages `end2end/package-lock.json` pins, and a browser where none is.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    let directory = workspace.root.join("end2end");
    packages(&directory)?;
    if Path::new(SYSTEM_BROWSER).exists() {
        steps::note(&format!("the browser is {SYSTEM_BROWSER}"));
        return Ok(());
    }
    if workspace::which("apt-get").is_some() && is_root() {
        steps::note("installing Debian's chromium");
        return apt_install("chromium");
    }
    steps::note("fetching Playwright's own browser");
    workspace::run(Command::new("npx").args(["playwright", "install", "chromium"]).current_dir(&directory))
}

/// Runs Playwright against the server built here.
pub fn playwright(workspace: &Workspace, extra: &[String]) -> Result<()> {
    let mut command = Command::new("npx");
    command.args(["--no-install", "playwright", "test"]).args(extra).current_dir(workspace.root.join("end2end"));
    command.envs(run::environment(workspace));
    command.env("AGNES_BIN", workspace.executable(Profile::Dev, "agnes"));
    command.env("DA_BIN", workspace.executable(Profile::Dev, "da"));
    workspace::run(&mut command)
}

fn packages(directory: &Path) -> Result<()> {
    let npm = workspace::which("npm").context("the browser tests need Node.js with npm on PATH")?;
    let lock = directory.join("package-lock.json");
    // npm writes no note of what it installed from that survives a copy; ours is the lock file's digest.
    let note = directory.join("node_modules").join(".installed-from");
    let wanted = libduckdb::digest(&lock)?;
    if fs::read_to_string(&note).is_ok_and(|found| found == wanted) {
        steps::note("npm packages are up to date");
        return Ok(());
    }
    steps::note("npm ci");
    workspace::run(Command::new(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(directory))?;
    fs::write(&note, wanted).with_context(|| format!("write {}", note.display()))
}

fn apt_install(package: &str) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["--quiet", "--quiet"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        workspace::run(&mut command)
    };
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends", package])
}

/// Whether this runs as root.
pub fn is_root() -> bool {
    let uid = Command::new("id").arg("-u").output();
    uid.is_ok_and(|output| output.stdout == b"0\n")
}
