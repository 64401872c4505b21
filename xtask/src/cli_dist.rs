//! What a server hands out to those who install `da`: the wheel, and an archive for machines without Python.
//!
//! Both hold the executable as `bin/da` and the DuckDB library as `lib/agnes/libduckdb.*`, so that unpacking into any
//! prefix (`~/.local`, a virtual environment) gives a command that runs.

use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::{
    libduckdb,
    site::Level,
    steps, wheel,
    workspace::{self, VERSION, Workspace},
};

const FORMAT: &str = "cli 1";
const STAMP: &str = ".inputs";

/// Packages the executable `da` into `place`, unless it already holds what these inputs give.
pub fn build(workspace: &Workspace, da: &Path, level: Level, place: &Path) -> Result<()> {
    let library = workspace.libduckdb().join(libduckdb::file_name()?);
    let stamp = stamp(da, &library, level)?;
    if fs::read_to_string(place.join(STAMP)).is_ok_and(|found| found == stamp) {
        steps::note("nothing changed");
        return Ok(());
    }
    let fresh = place.with_extension("new");
    workspace::remove_directory(&fresh)?;
    fs::create_dir_all(&fresh)?;

    let tag = wheel::platform_tag(&[da, &library])?;
    let wheel = fresh.join(wheel::file_name(&tag));
    wheel::write(da, &library, &workspace.root.join("LICENSE"), &tag, level, &wheel)?;
    let archive = fresh.join(format!("da-{}.tar.gz", platform()));
    write_archive(da, &library, level, &archive)?;
    for file in [&wheel, &archive] {
        write_digest(file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        steps::note(&format!("{name}: {}", steps::size(fs::metadata(file)?.len())));
    }
    fs::write(fresh.join(STAMP), stamp)?;
    workspace::replace_directory(&fresh, place)
}

/// The platform as `install.sh` derives it from `uname`: `linux-x86_64`, `darwin-arm64`.
fn platform() -> String {
    match (env::consts::OS, env::consts::ARCH) {
        ("macos", "aarch64") => "darwin-arm64".to_owned(),
        ("macos", machine) => format!("darwin-{machine}"),
        (system, machine) => format!("{system}-{machine}"),
    }
}

fn stamp(da: &Path, library: &Path, level: Level) -> Result<String> {
    let (da, library) = (libduckdb::digest(da)?, libduckdb::digest(library)?);
    Ok(hex::encode(Sha256::digest(format!("{FORMAT}\n{VERSION}\n{level:?}\n{da}\n{library}\n"))))
}

fn write_archive(da: &Path, library: &Path, level: Level, place: &Path) -> Result<()> {
    let strength = match level {
        Level::Quick => Compression::fast(),
        Level::Small => Compression::best(),
    };
    let mut archive = tar::Builder::new(GzEncoder::new(File::create(place)?, strength));
    append(&mut archive, da, "bin/da".into(), 0o755)?;
    append(&mut archive, library, Path::new("lib/agnes").join(libduckdb::file_name()?), 0o644)?;
    archive.into_inner()?.finish()?;
    Ok(())
}

/// Nothing of this machine goes along: no owner, no time.
fn append<W: std::io::Write>(archive: &mut tar::Builder<W>, file: &Path, path: PathBuf, mode: u32) -> Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(fs::metadata(file)?.len());
    header.set_mode(mode);
    header.set_mtime(0);
    archive.append_data(&mut header, &path, File::open(file)?).with_context(|| format!("pack {}", path.display()))
}

/// `<sha256>  <name>`, as `sha256sum --check` reads it.
fn write_digest(file: &Path) -> Result<()> {
    let name = file.file_name().context("a package has no name")?.to_string_lossy();
    let line = format!("{}  {name}\n", libduckdb::digest(file)?);
    let mut place = file.as_os_str().to_owned();
    place.push(".sha256");
    fs::write(PathBuf::from(place), line)?;
    Ok(())
}
