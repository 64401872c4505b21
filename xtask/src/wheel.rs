//! A Python wheel around the command line, so that `uv tool install` and `pip install` install `da` from a server.
//!
//! No Python inside: PEP 427's `data/scripts` becomes the environment's `bin`, and `data/data` its prefix, where the
//! DuckDB library lies in `lib/agnes`. The executable looks for it there, relative to itself.

use std::{
    fs,
    fs::File,
    io::{self, Write},
    path::Path,
};

use anyhow::{Context, Result};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::{site::Level, workspace::VERSION};

/// The distribution's name as clients know it, in the spelling of wheel file names.
const DISTRIBUTION: &str = "agnes_the_ai_analyst";

/// One file of the wheel.
struct Member {
    path: String,
    content: Vec<u8>,
    mode: u32,
}

/// `agnes_the_ai_analyst-0.15.0-py3-none-manylinux_2_34_x86_64.whl`
pub fn file_name(tag: &str) -> String {
    format!("{DISTRIBUTION}-{VERSION}-py3-none-{tag}.whl")
}

/// Writes the wheel. Equal inputs give equal bytes.
pub fn write(da: &Path, library: &Path, license: &Path, tag: &str, level: Level, place: &Path) -> Result<()> {
    let data = format!("{DISTRIBUTION}-{VERSION}.data");
    let info = format!("{DISTRIBUTION}-{VERSION}.dist-info");
    let library_name = library.file_name().context("the library has no name")?.to_string_lossy();
    let mut members = vec![
        member(format!("{data}/scripts/da"), read(da)?, 0o755),
        member(format!("{data}/data/lib/agnes/{library_name}"), read(library)?, 0o644),
        member(format!("{info}/METADATA"), metadata().into_bytes(), 0o644),
        member(format!("{info}/WHEEL"), wheel(tag).into_bytes(), 0o644),
        member(format!("{info}/licenses/LICENSE"), read(license)?, 0o644),
    ];
    let record = record(&members, &format!("{info}/RECORD"));
    members.push(member(format!("{info}/RECORD"), record.into_bytes(), 0o644));
    zip(&members, level, File::create(place).with_context(|| format!("create {}", place.display()))?)
}

fn member(path: String, content: Vec<u8>, mode: u32) -> Member {
    Member { path, content, mode }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("read {}", path.display()))
}

fn metadata() -> String {
    format!(
        "Metadata-Version: 2.4\n\
         Name: agnes-the-ai-analyst\n\
         Version: {VERSION}\n\
         Summary: da, the command line of Agnes: sync granted tables, query them offline\n\
         License-Expression: Apache-2.0\n\
         License-File: LICENSE\n\
         Requires-Python: >=3.7\n"
    )
}

fn wheel(tag: &str) -> String {
    format!("Wheel-Version: 1.0\nGenerator: agnes xtask {VERSION}\nRoot-Is-Purelib: false\nTag: py3-none-{tag}\n")
}

/// A line a member with its digest and size; the record itself has neither.
fn record(members: &[Member], own_path: &str) -> String {
    let mut lines = String::new();
    for member in members {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&member.content));
        lines += &format!("{},sha256={digest},{}\n", member.path, member.content.len());
    }
    lines + own_path + ",,\n"
}

fn zip<W: Write + io::Seek>(members: &[Member], level: Level, place: W) -> Result<()> {
    let strength = match level {
        Level::Quick => 1,
        Level::Small => 9,
    };
    let mut writer = ZipWriter::new(place);
    for member in members {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(strength))
            .last_modified_time(DateTime::default())
            .unix_permissions(member.mode);
        writer.start_file(&member.path, options)?;
        writer.write_all(&member.content)?;
    }
    writer.finish()?.flush()?;
    Ok(())
}

/// The tag of the platform this runs on, as far as two linked files allow: on Linux the newest glibc symbol they ask
/// for decides.
pub fn platform_tag(files: &[&Path]) -> Result<String> {
    let machine = std::env::consts::ARCH;
    if cfg!(target_os = "macos") {
        let (release, machine) = if machine == "aarch64" { ("11_0", "arm64") } else { ("11_0", machine) };
        return Ok(format!("macosx_{release}_{machine}"));
    }
    // 2.17 is the oldest glibc Rust itself supports.
    let mut newest = 17;
    for file in files {
        newest = newest.max(newest_glibc(&read(file)?));
    }
    Ok(format!("manylinux_2_{newest}_{machine}"))
}

fn newest_glibc(executable: &[u8]) -> u32 {
    const MARK: &[u8] = b"GLIBC_2.";
    let mut newest = 0;
    let mut rest = executable;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        rest = &rest[at + MARK.len()..];
        let digits: String =
            rest.iter().take_while(|byte| byte.is_ascii_digit()).take(3).map(|byte| char::from(*byte)).collect();
        newest = newest.max(digits.parse().unwrap_or(0));
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_glibc_symbol_decides() {
        assert_eq!(newest_glibc(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.17\0"), 34);
        assert_eq!(newest_glibc(b"no such symbol"), 0);
    }

    #[test]
    fn the_record_lists_every_member_and_itself() {
        let members = [member("a/x".to_owned(), b"x".to_vec(), 0o644)];
        let expected = "a/x,sha256=LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE,1\na/RECORD,,\n";
        assert_eq!(record(&members, "a/RECORD"), expected);
    }

    #[test]
    fn equal_members_give_equal_bytes() {
        let bytes = || {
            let mut place = io::Cursor::new(Vec::new());
            zip(&[member("a/x".to_owned(), b"x".repeat(999), 0o755)], Level::Small, &mut place).unwrap();
            place.into_inner()
        };
        assert_eq!(bytes(), bytes());
    }
}
