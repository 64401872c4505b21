//! Compressed copies beside a file, so that the server compresses nothing while somebody waits.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::site::Level;

/// Formats that are compressed already.
const PACKED: &[&str] = &["png", "jpg", "jpeg", "webp", "avif", "woff2", "gz", "br", "zip"];

/// Writes `.br` and `.gz` beside `path`, each only where it is smaller than the file itself.
pub fn beside(path: &Path, content: &[u8], level: Level) -> Result<()> {
    if path.extension().is_some_and(|extension| PACKED.iter().any(|packed| extension == *packed)) {
        return Ok(());
    }
    for (suffix, packed) in [("br", brotli(content, level)?), ("gz", gzip(content, level)?)] {
        if packed.len() < content.len() {
            let place = with_suffix(path, suffix);
            fs::write(&place, packed).with_context(|| format!("write {}", place.display()))?;
        }
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn brotli(content: &[u8], level: Level) -> Result<Vec<u8>> {
    let quality = match level {
        Level::Quick => 5,
        Level::Small => 11,
    };
    let mut packed = Vec::new();
    {
        // A window of 2^22 bytes is what every browser accepts.
        let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, quality, 22);
        writer.write_all(content)?;
        writer.flush()?;
    }
    Ok(packed)
}

fn gzip(content: &[u8], level: Level) -> Result<Vec<u8>> {
    let level = match level {
        Level::Quick => Compression::new(5),
        Level::Small => Compression::best(),
    };
    // The encoder writes no time and no name: equal content gives equal bytes.
    let mut writer = GzEncoder::new(Vec::new(), level);
    writer.write_all(content)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn both_copies_unpack_to_the_content() {
        let content = b"the same line again and again\n".repeat(200);
        for level in [Level::Quick, Level::Small] {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(gzip(&content, level).unwrap().as_slice()).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, content);
            let mut unpacked = Vec::new();
            let packed = brotli(&content, level).unwrap();
            brotli::Decompressor::new(packed.as_slice(), 1 << 16).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, content);
        }
    }
}
