//! `cargo xtask dist`: a directory that runs on a machine without Rust.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    cli_dist, libduckdb, setup,
    site::{self, Level},
    steps::{self, Steps},
    workspace::{self, Profile, Workspace},
};

/// Builds everything for release and leaves it in `target/dist`: `agnes`, `da`, the DuckDB library they find beside
/// themselves, `site/`, and `cli/`, which the server hands out.
pub fn dist(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    let place = workspace.root.join("target").join("dist");
    let fresh = place.with_extension("new");
    setup::all(workspace, steps)?;
    steps.take("build: server and command line (release)", || workspace.build(Profile::Release))?;
    steps.take("collect: executables", || {
        workspace::remove_directory(&fresh)?;
        fs::create_dir_all(&fresh)?;
        for name in ["agnes", "da"] {
            copy(&workspace.executable(Profile::Release, name), &fresh.join(name))?;
        }
        let library = libduckdb::file_name()?;
        copy(&workspace.libduckdb().join(library), &fresh.join(library))?;
        copy(&workspace.root.join("LICENSE"), &fresh.join("LICENSE"))
    })?;
    site::build(workspace, steps, Level::Small, &fresh.join("site"))?;
    steps.take("build: package of the command line", || {
        cli_dist::build(workspace, &fresh.join("da"), Level::Small, &fresh.join("cli"))
    })?;
    workspace::replace_directory(&fresh, &place)?;
    steps.summarise();
    steps::note(&format!("{} is ready: start it with {}", place.display(), place.join("agnes").display()));
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::copy(from, to).with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    steps::note(&format!("{name}: {}", steps::size(bytes)));
    Ok(())
}
