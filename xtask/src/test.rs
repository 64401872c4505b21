//! `cargo xtask test`: everything that has to hold, one step after the other, none skipped because one failed.

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    browser, run, setup,
    steps::{self, Steps},
    workspace::{self, Workspace},
};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these, in place of all; may be repeated
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Passed on to the test runner (`--only unit`) or to Playwright (`--only browser`)
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Part {
    Fmt,
    Clippy,
    Unit,
    Doc,
    Browser,
}

/// What runs on a server or a laptop. The console's wasm side is checked by itself, for one build must never unite `ssr`
/// and `hydrate`; xtask too, for its dependencies would switch on features in everybody else's, and all would be compiled
/// twice.
const HOST: &[&str] = &["--workspace", "--exclude", "agnes-frontend", "--exclude", "xtask"];
const XTASK: &[&str] = &["--package", "xtask"];

pub fn test(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<ExitCode> {
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    setup::all(workspace, steps)?;
    if wanted(Part::Fmt) {
        steps.attempt("format", || workspace::run(workspace.cargo().args(["fmt", "--all", "--check"])));
    }
    if wanted(Part::Clippy) {
        steps.attempt("lint: server side", || clippy(workspace, &[HOST, &["--all-targets"]].concat()));
        steps.attempt("lint: xtask", || clippy(workspace, &[XTASK, &["--all-targets"]].concat()));
        steps.attempt("lint: browser side", || {
            let wasm = ["--package", "agnes-frontend", "--target", "wasm32-unknown-unknown"];
            clippy(workspace, &[wasm.as_slice(), &["--profile", "wasm-dev"]].concat())
        });
    }
    if wanted(Part::Unit) {
        steps.attempt("tests: rules of the house", || tests(workspace, XTASK, &[]));
        steps.attempt("tests", || tests(workspace, HOST, &arguments.arguments));
    }
    if wanted(Part::Doc) {
        steps.attempt("tests: documentation", || {
            workspace::run(workspace.cargo().args(["test", "--doc", "--quiet"]).args(HOST))
        });
    }
    if wanted(Part::Browser) {
        browser_tests(workspace, steps, &arguments.arguments);
    }
    steps.summarise();
    Ok(if steps.all_passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn clippy(workspace: &Workspace, selection: &[&str]) -> Result<()> {
    workspace::run(workspace.cargo().arg("clippy").args(selection).args(["--", "--deny", "warnings"]))
}

/// With cargo-nextest where it is installed: it runs the binaries side by side. Cargo's own runner finds the same.
fn tests(workspace: &Workspace, selection: &[&str], extra: &[String]) -> Result<()> {
    let mut command = workspace.cargo();
    if workspace::which("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--no-fail-fast"]);
    } else {
        steps::note("cargo-nextest is not installed; cargo's own runner takes its place");
        command.args(["test", "--tests", "--no-fail-fast"]);
    }
    workspace::run(command.args(selection).args(extra))
}

fn browser_tests(workspace: &Workspace, steps: &mut Steps, extra: &[String]) {
    if let Err(error) = run::build(workspace, steps) {
        steps::complain(&format!("{error:#}"));
        return;
    }
    steps.attempt("set up: browser", || browser::ensure(workspace));
    steps.attempt("tests: browser", || browser::playwright(workspace, extra));
}
