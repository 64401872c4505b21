//! `cargo xtask run`: from a checkout to a served instance.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::{
    cli_dist, setup,
    site::{self, Level},
    steps::{self, Steps},
    workspace::{Profile, Workspace},
};

#[derive(clap::Args)]
pub struct Arguments {
    /// Passed on to `agnes demo`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds everything and becomes `agnes demo`.
pub fn run(workspace: &Workspace, steps: &mut Steps, arguments: &Arguments) -> Result<ExitCode> {
    build(workspace, steps)?;
    let mut demo = demo(workspace);
    demo.args(&arguments.arguments);
    steps.summarise();
    steps::note("starting `agnes demo`; Ctrl-C stops it");
    become_program(demo)
}

/// What `run` and the browser tests need: server, command line, site, and the package of the command line.
pub fn build(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    setup::all(workspace, steps)?;
    steps.take("build: server and command line", || workspace.build(Profile::Dev))?;
    site::build(workspace, steps, Level::Quick, &workspace.site())?;
    steps.take("build: package of the command line", || {
        let da = workspace.executable(Profile::Dev, "da");
        cli_dist::build(workspace, &da, Level::Quick, &workspace.cli_dist())
    })
}

fn demo(workspace: &Workspace) -> Command {
    let mut demo = Command::new(workspace.executable(Profile::Dev, "agnes"));
    demo.arg("demo").current_dir(&workspace.root).envs(environment(workspace));
    if std::env::var_os("DATA_DIR").is_none() {
        demo.env("DATA_DIR", workspace.root.join("data").join("demo"));
    }
    demo
}

/// Where a server built here finds what was built beside it.
pub fn environment(workspace: &Workspace) -> [(&'static str, std::path::PathBuf); 2] {
    [("AGNES_SITE_DIR", workspace.site()), ("AGNES_CLI_DIST_DIR", workspace.cli_dist())]
}

/// Replaces this process, as cargo did for us, so that Ctrl-C and SIGTERM reach the server itself.
#[cfg(unix)]
fn become_program(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec()).context("start agnes")
}

#[cfg(not(unix))]
fn become_program(mut command: Command) -> Result<ExitCode> {
    let status = command.status().context("start agnes")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
