//! Binaryen's optimiser over the wasm of a release, where npm can fetch it. A release without it is larger, not broken.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    steps,
    workspace::{self, Workspace},
};

/// What rustc's wasm32 target and wasm-bindgen use; anything more would ask for newer browsers.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes the wasm smaller in place, or says why not.
pub fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let before = fs::metadata(wasm)?.len();
    let Some(optimiser) = obtain(workspace) else {
        steps::note("wasm-opt could not be had; the wasm stays as it is");
        return Ok(());
    };
    let smaller = wasm.with_extension("smaller");
    let mut command = Command::new(optimiser);
    command.arg("-Oz").args(FEATURES).arg(wasm).arg("-o").arg(&smaller);
    if let Err(error) = workspace::run(&mut command) {
        steps::note(&format!("{error:#}; the wasm stays as it is"));
        return Ok(());
    }
    let after = fs::metadata(&smaller).context("wasm-opt left nothing")?.len();
    fs::rename(&smaller, wasm)?;
    steps::note(&format!("wasm-opt: {} became {}", steps::size(before), steps::size(after)));
    Ok(())
}

/// The optimiser on `PATH`, else the one `xtask/npm/package-lock.json` pins.
fn obtain(workspace: &Workspace) -> Option<std::path::PathBuf> {
    if let Some(found) = workspace::which("wasm-opt") {
        return Some(found);
    }
    let npm = workspace::which("npm")?;
    // Outside the checkout: what npm unpacks is a build product.
    let place = workspace.target.join("npm-tools");
    let fetched = fs::create_dir_all(&place).map_err(anyhow::Error::from).and_then(|()| {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(workspace.root.join("xtask/npm").join(name), place.join(name))?;
        }
        workspace::run(Command::new(npm).args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(&place))
    });
    if let Err(error) = fetched {
        steps::note(&format!("{error:#}"));
        return None;
    }
    Some(place.join("node_modules/.bin/wasm-opt"))
}
