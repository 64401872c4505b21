//! Build orchestration: `cargo xtask run | test | bench | dist`.
//!
//! A library nobody has to install: it fetches and verifies the prebuilt DuckDB, builds the server, the command line
//! and the console's wasm, and starts or checks what came out.

mod bench;
mod browser;
mod cli_dist;
mod compress;
mod dist;
mod libduckdb;
mod run;
mod setup;
mod site;
mod steps;
mod test;
mod wasm_opt;
mod wheel;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{steps::Steps, workspace::Workspace};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and checks Agnes", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Fetch what a build needs: the wasm target and the prebuilt DuckDB library
    Setup,
    /// Print what a shell needs for plain cargo commands: `eval "$(cargo xtask env)"`
    Env,
    /// Build the console's static files
    Site,
    /// Build everything and start `agnes demo` on port 8000
    Run(run::Arguments),
    /// Check formatting, lints, tests, and the console in a real browser
    Test(test::Arguments),
    /// Leave a directory that runs on a machine without Rust in target/dist
    Dist,
    /// Measure the release build beside nginx and write bench/RESULTS.md
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            steps::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let mut steps = Steps::start();
    match task {
        Task::Setup => setup::all(&workspace, &mut steps)?,
        Task::Env => setup::print_env(&workspace),
        Task::Site => {
            setup::all(&workspace, &mut steps)?;
            site::build(&workspace, &mut steps, site::Level::Quick, &workspace.site())?;
        }
        Task::Run(arguments) => return run::run(&workspace, &mut steps, &arguments),
        Task::Test(arguments) => return test::test(&workspace, &mut steps, &arguments),
        Task::Dist => dist::dist(&workspace, &mut steps)?,
        Task::Bench(arguments) => bench::bench(&workspace, &mut steps, &arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
