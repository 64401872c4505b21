//! The command line's files: which there are, for whom, and which is the newest.

use std::{
    io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::SystemTime,
};

use agnes_contract::cli::{CliArtifact, CliLatest};
use parking_lot::Mutex;
use pep440_rs::Version;
use sha2::{Digest, Sha256};

/// What people without a platform in their request get.
const DEFAULT_PLATFORM: &str = "linux-x86_64";

/// How a file is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By `uv tool install` or `pip install`.
    Wheel,
    /// By unpacking it, or by putting it on the `PATH`.
    Plain,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Where it is.
    pub path: PathBuf,
    /// How it is installed.
    pub kind: Kind,
    /// For comparing; a file without one is of this build.
    pub version: Version,
    /// What clients are told of it.
    pub wire: CliArtifact,
}

/// A file as the folder lists it.
type Listed = Vec<(String, u64, Option<SystemTime>)>;

/// The folder, and what was found in it when it last changed.
#[derive(Default)]
pub struct Dist {
    folder: Option<PathBuf>,
    known: Mutex<(Listed, Arc<Vec<Artifact>>)>,
}

impl Dist {
    /// Looks into a folder, if there is one.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, known: Mutex::default() }
    }

    /// Every file, newest first. Blocks: hashes what it has not seen.
    ///
    /// # Errors
    /// When a file of the folder cannot be read.
    pub fn artifacts(&self) -> io::Result<Arc<Vec<Artifact>>> {
        let Some(folder) = &self.folder else { return Ok(Arc::default()) };
        let listed = list(folder)?;
        let known = self.known.lock();
        if known.0 == listed {
            return Ok(Arc::clone(&known.1));
        }
        drop(known);
        let mut found = Vec::new();
        for (name, size, _) in &listed {
            if let Some((kind, version, platform)) = describe(name) {
                found.push(artifact(folder.join(name), kind, version, platform, *size)?);
            }
        }
        found.sort_by(|left, right| {
            right.version.cmp(&left.version).then_with(|| left.wire.filename.cmp(&right.wire.filename))
        });
        let found = Arc::new(found);
        *self.known.lock() = (listed, Arc::clone(&found));
        Ok(found)
    }
}

/// The wheel for whoever does not say what they run.
#[must_use]
pub fn current_wheel(artifacts: &[Artifact]) -> Option<&Artifact> {
    let mut wheels = artifacts.iter().filter(|artifact| artifact.kind == Kind::Wheel);
    let newest = &wheels.clone().next()?.version;
    let mut of_newest = wheels.clone().filter(|artifact| artifact.version == *newest);
    of_newest
        .clone()
        .find(|artifact| artifact.wire.platform == DEFAULT_PLATFORM)
        .or_else(|| of_newest.find(|artifact| artifact.wire.platform == "any"))
        .or_else(|| wheels.next())
}

/// The newest file for a platform: one that needs no Python before one that does.
#[must_use]
pub fn for_platform<'a>(artifacts: &'a [Artifact], platform: &str) -> Option<&'a Artifact> {
    let mut fitting = artifacts.iter().filter(|artifact| artifact.wire.platform == platform);
    fitting.clone().find(|artifact| artifact.kind == Kind::Plain).or_else(|| fitting.next())
}

/// The answer of `/cli/latest`.
#[must_use]
pub fn latest(artifacts: &[Artifact]) -> CliLatest {
    let wheel = current_wheel(artifacts);
    let newest = wheel.or_else(|| artifacts.first());
    CliLatest {
        version: newest.map(|artifact| artifact.version.to_string()),
        wheel_filename: wheel.map(|wheel| wheel.wire.filename.clone()),
        download_url_path: wheel.map(|wheel| wheel.wire.url_path.clone()),
        artifacts: artifacts.iter().map(|artifact| artifact.wire.clone()).collect(),
    }
}

fn list(folder: &Path) -> io::Result<Listed> {
    let mut listed = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listed),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let (Ok(name), metadata) = (entry.file_name().into_string(), entry.metadata()?) else { continue };
        if metadata.is_file() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte)) {
            listed.push((name, metadata.len(), metadata.modified().ok()));
        }
    }
    listed.sort();
    Ok(listed)
}

/// Kind, version and platform of a file name; none for what is not ours to hand out.
fn describe(name: &str) -> Option<(Kind, Version, String)> {
    if let Some(stem) = name.strip_suffix(".whl") {
        // PEP 427: name-version[-build]-python-abi-platform.
        let parts: Vec<&str> = stem.split('-').collect();
        let version = Version::from_str(parts.get(1)?).ok()?;
        let platform = wheel_platform(parts.last()?)?;
        return matches!(parts.len(), 5 | 6).then_some((Kind::Wheel, version, platform));
    }
    let stem = name.strip_prefix("da-").filter(|_| !name.ends_with(".sha256"))?;
    let stem = [".tar.gz", ".zip", ".exe"].iter().find_map(|ending| stem.strip_suffix(ending)).unwrap_or(stem);
    let (version, platform) = match stem.split_once('-') {
        Some((first, rest)) if first.starts_with(|sign: char| sign.is_ascii_digit()) => (first, rest),
        _ => (agnes_contract::VERSION, stem),
    };
    Some((Kind::Plain, Version::from_str(version).ok()?, platform.to_owned()))
}

/// `manylinux_2_34_x86_64` is what `uname` calls `linux-x86_64`.
fn wheel_platform(tag: &str) -> Option<String> {
    if tag == "any" {
        return Some("any".to_owned());
    }
    let first = tag.split('.').next()?;
    let machine =
        ["x86_64", "aarch64", "arm64", "amd64", "universal2"].iter().find(|machine| first.ends_with(**machine))?;
    let system = if first.contains("linux") {
        "linux"
    } else if first.starts_with("macosx") {
        "darwin"
    } else if first.starts_with("win") {
        "windows"
    } else {
        return None;
    };
    Some(format!("{system}-{}", if *machine == "amd64" { "x86_64" } else { machine }))
}

fn artifact(path: PathBuf, kind: Kind, version: Version, platform: String, size: u64) -> io::Result<Artifact> {
    let filename = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = match kind {
        Kind::Wheel => "wheel",
        Kind::Plain => "download",
    };
    let wire =
        CliArtifact { url_path: format!("/cli/{folder}/{filename}"), sha256: digest(&path)?, filename, platform, size };
    Ok(Artifact { path, kind, version, wire })
}

/// The digest that stands beside the file, or else the file's own.
fn digest(path: &Path) -> io::Result<String> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sha256");
    let noted = std::fs::read_to_string(beside).ok();
    let noted = noted.and_then(|line| line.split_whitespace().next().map(str::to_ascii_lowercase));
    if let Some(digest) =
        noted.filter(|digest| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        return Ok(digest);
    }
    let mut hash = Sha256::new();
    io::copy(&mut std::fs::File::open(path)?, &mut hash)?;
    Ok(hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> (tempfile::TempDir, Dist) {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(folder.path().join(name), name.as_bytes()).unwrap();
        }
        let dist = Dist::new(Some(folder.path().to_owned()));
        (folder, dist)
    }

    #[test]
    fn the_newest_wheel_is_the_newest_by_version_not_by_name() {
        let (_folder, dist) = folder(&[
            "agnes-0.9.0-py3-none-manylinux_2_34_x86_64.whl",
            "agnes-0.10.0-py3-none-manylinux_2_34_x86_64.whl",
            "agnes-0.10.0-py3-none-macosx_11_0_arm64.whl",
            "agnes-0.11.0rc1.whl",
            "notes.txt",
        ]);
        let artifacts = dist.artifacts().unwrap();
        let latest = latest(&artifacts);
        assert_eq!(latest.version.as_deref(), Some("0.10.0"));
        assert_eq!(latest.wheel_filename.as_deref(), Some("agnes-0.10.0-py3-none-manylinux_2_34_x86_64.whl"));
        assert_eq!(latest.artifacts.len(), 3);
        assert_eq!(for_platform(&artifacts, "darwin-arm64").map(|found| found.kind), Some(Kind::Wheel));
    }

    #[test]
    fn a_file_that_needs_no_python_comes_before_the_wheel() {
        let (folder, dist) = folder(&["da-linux-x86_64.tar.gz", "agnes-0.10.0-py3-none-manylinux_2_34_x86_64.whl"]);
        let sum = "0".repeat(64);
        std::fs::write(folder.path().join("da-linux-x86_64.tar.gz.sha256"), format!("{sum}  da-linux-x86_64.tar.gz\n"))
            .unwrap();
        let artifacts = dist.artifacts().unwrap();
        let found = for_platform(&artifacts, "linux-x86_64").unwrap();
        assert_eq!((found.wire.filename.as_str(), &found.wire.sha256), ("da-linux-x86_64.tar.gz", &sum));
        assert_eq!(found.wire.url_path, "/cli/download/da-linux-x86_64.tar.gz");
    }

    #[test]
    fn without_a_folder_there_is_nothing() {
        assert_eq!(latest(&Dist::new(None).artifacts().unwrap()), CliLatest::default());
    }
}
