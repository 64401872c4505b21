//! The console's static files: wasm and its glue, one style sheet, `public/`; named by content, compressed ahead.
//!
//! `manifest.json` maps each logical path (`pkg/agnes.js`) to the path of the file that holds it
//! (`pkg/agnes.0123456789abcdef.js`). The glue names no wasm file: the page's loader passes it, so every name is free
//! to carry its own fingerprint.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    compress,
    steps::{self, Steps},
    wasm_opt,
    workspace::{self, Workspace},
};

/// Raised when this file changes what it writes for the same inputs.
const FORMAT: &str = "site 1";
const STAMP: &str = ".inputs";

/// How much work a build puts into small files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// For `run` and `test`: built and compressed quickly.
    Quick,
    /// For `dist`: small.
    Small,
}

impl Level {
    fn profile(self) -> &'static str {
        match self {
            Self::Quick => "wasm-dev",
            Self::Small => "wasm-release",
        }
    }
}

/// One file of the site under its logical path.
struct Asset {
    path: String,
    content: Vec<u8>,
}

/// Builds the site into `place`, unless it already holds what these inputs give.
pub fn build(workspace: &Workspace, steps: &mut Steps, level: Level, place: &Path) -> Result<()> {
    let wasm = steps.take("build: console (wasm)", || build_wasm(workspace, level))?;
    steps.take("build: site", || {
        let style = style(&workspace.root.join("style"))?;
        let public = public(&workspace.root.join("public"))?;
        let stamp = stamp(level, &wasm, &style, &public)?;
        if fs::read_to_string(place.join(STAMP)).is_ok_and(|found| found == stamp) {
            steps::note("nothing changed");
            return Ok(());
        }
        let fresh = place.with_extension("new");
        workspace::remove_directory(&fresh)?;
        let mut assets = glue(workspace, level, &wasm)?;
        assets.push(Asset { path: "static/site.css".to_owned(), content: style });
        let manifest = write(&fresh, assets, public, level)?;
        fs::write(fresh.join("manifest.json"), serde_json::to_vec_pretty(&manifest)?)?;
        fs::write(fresh.join(STAMP), stamp)?;
        workspace::replace_directory(&fresh, place)?;
        report(place, &manifest)
    })
}

fn build_wasm(workspace: &Workspace, level: Level) -> Result<PathBuf> {
    let mut command = workspace.cargo();
    command.args(["build", "--package", "agnes-frontend", "--target", "wasm32-unknown-unknown"]);
    workspace::run(command.args(["--profile", level.profile()]))?;
    Ok(workspace.target.join("wasm32-unknown-unknown").join(level.profile()).join("agnes_frontend.wasm"))
}

/// JavaScript glue and the wasm it loads.
fn glue(workspace: &Workspace, level: Level, wasm: &Path) -> Result<Vec<Asset>> {
    let scratch = workspace.target.join("site-glue");
    workspace::remove_directory(&scratch)?;
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(level == Level::Small)
        .remove_producers_section(level == Level::Small)
        .out_name("agnes")
        .generate(&scratch)
        .context("write the wasm glue")?;
    if level == Level::Small {
        wasm_opt::optimise(workspace, &scratch.join("agnes_bg.wasm"))?;
    }
    let assets =
        files(&scratch)?.into_iter().map(|(path, content)| Asset { path: format!("pkg/{path}"), content }).collect();
    workspace::remove_directory(&scratch)?;
    Ok(assets)
}

/// The style sheets as one: tokens first, for the others build on them, then by name.
fn style(directory: &Path) -> Result<Vec<u8>> {
    let mut sheets: Vec<(String, Vec<u8>)> =
        files(directory)?.into_iter().filter(|(path, _)| path.ends_with(".css")).collect();
    sheets.sort_by_key(|(path, _)| (rank(path), path.clone()));
    let mut joined = Vec::new();
    for (_, content) in sheets {
        joined.extend(content);
        joined.push(b'\n');
    }
    Ok(joined)
}

fn rank(path: &str) -> usize {
    let first = ["tokens.css", "base.css", "layout.css"];
    first.iter().position(|name| *name == path).unwrap_or(first.len())
}

fn public(directory: &Path) -> Result<Vec<Asset>> {
    let assets = files(directory)?
        .into_iter()
        .filter(|(path, _)| !path.starts_with('.'))
        .map(|(path, content)| Asset { path: format!("static/{path}"), content });
    Ok(assets.collect())
}

/// Every file below a directory by its relative path with `/`, sorted; none when there is no such directory.
fn files(directory: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    if !directory.exists() {
        return Ok(found);
    }
    for entry in WalkDir::new(directory).follow_links(false) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(directory)?;
            let path = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            found.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(found)
}

fn stamp(level: Level, wasm: &Path, style: &[u8], public: &[Asset]) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(FORMAT.as_bytes());
    part(format!("{level:?}").as_bytes());
    part(&fs::read(wasm).with_context(|| format!("read {}", wasm.display()))?);
    part(style);
    for asset in public {
        part(asset.path.as_bytes());
        part(&asset.content);
    }
    Ok(hex::encode(hasher.finalize()))
}

/// Writes `public/` first, because the style sheet refers to it by the names it gets.
fn write(place: &Path, assets: Vec<Asset>, public: Vec<Asset>, level: Level) -> Result<BTreeMap<String, String>> {
    let mut manifest = BTreeMap::new();
    for asset in public {
        let file = fingerprinted(&asset);
        write_asset(place, &file, &asset.content, level)?;
        manifest.insert(asset.path, file);
    }
    for mut asset in assets {
        if asset.path.ends_with(".css") {
            asset.content = with_static_names(&asset.content, &manifest);
        }
        // Glue snippets are imported by relative path, and wasm-bindgen already named them by content.
        let file = if asset.path.starts_with("pkg/snippets/") { asset.path.clone() } else { fingerprinted(&asset) };
        write_asset(place, &file, &asset.content, level)?;
        manifest.insert(asset.path, file);
    }
    Ok(manifest)
}

fn write_asset(place: &Path, file: &str, content: &[u8], level: Level) -> Result<()> {
    let path = place.join(file);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&path, content).with_context(|| format!("write {}", path.display()))?;
    compress::beside(&path, content, level)
}

/// `pkg/agnes.js` becomes `pkg/agnes.0123456789abcdef.js`.
fn fingerprinted(asset: &Asset) -> String {
    let digest = hex::encode(&Sha256::digest(&asset.content)[..8]);
    let (directory, name) = asset.path.rsplit_once('/').unwrap_or(("", &asset.path));
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{directory}/{stem}.{digest}.{extension}"),
        None => format!("{directory}/{name}.{digest}"),
    }
}

fn with_static_names(style: &[u8], manifest: &BTreeMap<String, String>) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(style).into_owned();
    for (logical, file) in manifest {
        for quote in ["", "\"", "'"] {
            text = text.replace(&format!("url({quote}/{logical}{quote})"), &format!("url({quote}/{file}{quote})"));
        }
    }
    text.into_bytes()
}

fn report(place: &Path, manifest: &BTreeMap<String, String>) -> Result<()> {
    for (logical, file) in
        manifest.iter().filter(|(logical, _)| logical.starts_with("pkg/agnes") || *logical == "static/site.css")
    {
        let plain = fs::metadata(place.join(file))?.len();
        let packed = fs::metadata(place.join(format!("{file}.br"))).map_or(plain, |found| found.len());
        steps::note(&format!("{logical}: {}, {} in brotli", steps::size(plain), steps::size(packed)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_the_digest_of_its_content() {
        let asset = |path: &str| Asset { path: path.to_owned(), content: b"x".to_vec() };
        assert_eq!(fingerprinted(&asset("pkg/agnes.js")), "pkg/agnes.2d711642b726b044.js");
        assert_eq!(fingerprinted(&asset("static/a.b/mark.min.svg")), "static/a.b/mark.min.2d711642b726b044.svg");
        assert_eq!(fingerprinted(&asset("static/plain")), "static/plain.2d711642b726b044");
    }

    #[test]
    fn the_style_sheet_refers_to_the_names_files_got() {
        let manifest = BTreeMap::from([("static/mark.svg".to_owned(), "static/mark.12.svg".to_owned())]);
        let style = br#"a { background: url(/static/mark.svg) } b { background: url("/static/mark.svg") }"#;
        let expected = r#"a { background: url(/static/mark.12.svg) } b { background: url("/static/mark.12.svg") }"#;
        assert_eq!(String::from_utf8(with_static_names(style, &manifest)).unwrap(), expected);
    }

    #[test]
    fn tokens_come_before_what_builds_on_them() {
        let mut names = ["button.css", "base.css", "tokens.css", "a.css", "layout.css"];
        names.sort_by_key(|name| (rank(name), name.to_owned()));
        assert_eq!(names, ["tokens.css", "base.css", "layout.css", "a.css", "button.css"]);
    }
}
