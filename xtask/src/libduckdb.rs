//! The official prebuilt DuckDB library: fetched once, checked against a pinned digest, put where the linker looks.
//!
//! Compiling DuckDB takes half an hour on two cores (`--features bundled` does it); the library is a download.

use std::{
    env, fs,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::{steps, workspace};

/// The release of DuckDB that the `duckdb` crate in Cargo.toml is made for.
const RELEASE: &str = "1.5.5";

/// Where one platform's library comes from, and what it must be.
struct Pin {
    /// Operating system and architecture as `std::env::consts` name them.
    platform: (&'static str, &'static str),
    /// npm package with the library inside, reachable wherever npm is.
    package: &'static str,
    /// SHA-256 of that package's tarball.
    tarball: &'static str,
    /// DuckDB's own release archive, which holds the same library.
    archive: &'static str,
    library: &'static str,
    /// SHA-256 of the library, whichever way it came.
    digest: &'static str,
}

const PINS: &[Pin] = &[
    Pin {
        platform: ("linux", "x86_64"),
        package: "@duckdb/node-bindings-linux-x64@1.5.5-r.1",
        tarball: "0131886dbccc92153c5a8ebf2f2cb11dbeb10988d1bd12eba68626abd81042cb",
        archive: "libduckdb-linux-amd64.zip",
        library: "libduckdb.so",
        digest: "fc23f12e376c47be520f75221288281906e7942e8fd6f6ce4849198ba60d0405",
    },
    Pin {
        platform: ("linux", "aarch64"),
        package: "@duckdb/node-bindings-linux-arm64@1.5.5-r.5",
        tarball: "3b85f3ea438f7dc3691d7b5e6e4222ffe9127fd17885f96ca72e0c99925c348e",
        archive: "libduckdb-linux-arm64.zip",
        library: "libduckdb.so",
        digest: "d00d007f3f7ca1f2896a5e4b89c2ce141bf0508506a9d6d56f9598b8e59d074e",
    },
    Pin {
        platform: ("macos", "aarch64"),
        package: "@duckdb/node-bindings-darwin-arm64@1.5.5-r.5",
        tarball: "08b3cfd7d4d620a5fb67ef49db28551b767107266af3a8e2600e49d99ee59456",
        archive: "libduckdb-osx-universal.zip",
        library: "libduckdb.dylib",
        digest: "b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8",
    },
    Pin {
        platform: ("macos", "x86_64"),
        package: "@duckdb/node-bindings-darwin-x64@1.5.5-r.5",
        tarball: "1266f62ac7c02f7971554a2b0b2c4c19923a97258bfdf1b203873e174e7a28c4",
        archive: "libduckdb-osx-universal.zip",
        library: "libduckdb.dylib",
        digest: "b9027d18ef3e8d960568f77e946a83ca68009cb22d71cf7f94de842afdd094d8",
    },
];

/// File name of the library on this platform.
pub fn file_name() -> Result<&'static str> {
    Ok(pin()?.library)
}

/// Makes sure the verified library is in `directory`.
pub fn ensure(directory: &Path) -> Result<()> {
    let pin = pin()?;
    let place = directory.join(pin.library);
    if place.is_file() && digest(&place)? == pin.digest {
        steps::note(&format!("libduckdb {RELEASE} is there and verified"));
        return Ok(());
    }
    fs::create_dir_all(directory).with_context(|| format!("create {}", directory.display()))?;
    let scratch = Scratch::new(directory)?;
    let fetched = fetch(pin, &scratch.0)?;
    let found = digest(&fetched)?;
    if found != pin.digest {
        bail!("the downloaded {} has SHA-256 {found}, pinned is {}; nothing was installed", pin.library, pin.digest);
    }
    fs::rename(&fetched, &place).with_context(|| format!("put {} in place", place.display()))?;
    steps::note(&format!("libduckdb {RELEASE} fetched and verified"));
    Ok(())
}

fn pin() -> Result<&'static Pin> {
    let here = (env::consts::OS, env::consts::ARCH);
    PINS.iter().find(|pin| pin.platform == here).with_context(|| {
        let (system, machine) = here;
        format!("no prebuilt libduckdb is pinned for {system} on {machine}; build with --features bundled")
    })
}

/// Downloads one way, else the other; both end in the same library.
fn fetch(pin: &Pin, scratch: &Path) -> Result<PathBuf> {
    let from_npm = fetch_package(pin, scratch);
    let Err(first) = from_npm else { return from_npm };
    steps::note(&format!("not from npm ({first:#}); trying DuckDB's release archive"));
    fetch_archive(pin, scratch).with_context(|| {
        format!("fetch libduckdb {RELEASE}: neither npm ({first:#}) nor DuckDB's release archive gave it")
    })
}

fn fetch_package(pin: &Pin, scratch: &Path) -> Result<PathBuf> {
    let npm = workspace::which("npm").context("npm is not on PATH")?;
    steps::note(&format!("npm pack {}", pin.package));
    let mut pack = Command::new(npm);
    pack.args(["pack", "--silent", pin.package]).current_dir(scratch).stdout(io::stderr());
    workspace::run(&mut pack)?;
    let tarball = only_file(scratch, "tgz")?;
    let found = digest(&tarball)?;
    if found != pin.tarball {
        bail!("the tarball has SHA-256 {found}, pinned is {}", pin.tarball);
    }
    let place = scratch.join(pin.library);
    let wanted = Path::new("package").join(pin.library);
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(&tarball)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()? == wanted {
            entry.unpack(&place)?;
            return Ok(place);
        }
    }
    bail!("the tarball holds no {}", wanted.display())
}

fn fetch_archive(pin: &Pin, scratch: &Path) -> Result<PathBuf> {
    let curl = workspace::which("curl").context("curl is not on PATH")?;
    let url = format!("https://github.com/duckdb/duckdb/releases/download/v{RELEASE}/{}", pin.archive);
    let downloaded = scratch.join(pin.archive);
    steps::note(&format!("curl {url}"));
    workspace::run(
        Command::new(curl)
            .args(["--fail", "--silent", "--show-error", "--location", "--connect-timeout", "20", "--output"])
            .args([downloaded.as_os_str(), url.as_ref()]),
    )?;
    unzip(&downloaded, pin.library, scratch)
}

fn unzip(archive: &Path, library: &str, into: &Path) -> Result<PathBuf> {
    let place = into.join(library);
    let mut archive = zip::ZipArchive::new(File::open(archive)?)?;
    let mut entry = archive.by_name(library).with_context(|| format!("find {library} in the archive"))?;
    io::copy(&mut entry, &mut File::create(&place)?)?;
    Ok(place)
}

fn only_file(directory: &Path, extension: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            return Ok(path);
        }
    }
    bail!("no .{extension} file arrived")
}

/// SHA-256 of a file, in hex.
pub fn digest(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// A directory beside the result, so that the last step is a rename; gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(beside: &Path) -> Result<Self> {
        let path = beside.join(format!(".fetch-{}", std::process::id()));
        fs::create_dir_all(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn every_pin_has_whole_digests() {
        for pin in PINS {
            for digest in [pin.tarball, pin.digest] {
                assert_eq!(digest.len(), 64, "{}", pin.package);
                assert!(hex::decode(digest).is_ok(), "{}", pin.package);
            }
            assert!(pin.package.contains(&format!("@{RELEASE}-")), "{}", pin.package);
        }
    }

    #[test]
    fn the_library_is_found_in_a_release_archive() {
        let scratch = Scratch::new(&env::temp_dir()).unwrap();
        let archive = scratch.0.join("libduckdb.zip");
        let mut writer = zip::ZipWriter::new(File::create(&archive).unwrap());
        for (name, content) in [("duckdb.h", "header"), ("libduckdb.so", "library")] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        let place = unzip(&archive, "libduckdb.so", &scratch.0).unwrap();
        assert_eq!(fs::read_to_string(place).unwrap(), "library");
        assert!(unzip(&archive, "libduckdb.dylib", &scratch.0).is_err());
    }
}
