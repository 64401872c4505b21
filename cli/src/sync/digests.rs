//! The checksums of a file, taken while its bytes pass by.

use std::{fs::File, io::Read, path::Path};

use md5::{Digest as _, Md5};
use sha2::Sha256;

/// MD5 for every server, SHA-256 for those that name parts by it.
#[derive(Clone, Debug, Default)]
pub struct Digests {
    md5: Md5,
    sha256: Sha256,
    bytes: u64,
}

/// The same at the end.
#[derive(Clone, Debug)]
pub struct Sums {
    /// 32 hex digits.
    pub md5: String,
    /// 64 hex digits.
    pub sha256: String,
    /// How many bytes there were.
    pub bytes: u64,
}

impl Digests {
    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// How many bytes there were so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Nothing more comes.
    pub fn finish(self) -> Sums {
        Sums { md5: hex::encode(self.md5.finalize()), sha256: hex::encode(self.sha256.finalize()), bytes: self.bytes }
    }

    /// Of everything that is left of a file.
    pub fn read(file: &mut File) -> std::io::Result<Self> {
        let mut digests = Self::default();
        let mut buffer = vec![0; 1 << 20];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(digests),
                length => digests.update(&buffer[..length]),
            }
        }
    }
}

/// The MD5 of a whole file.
pub fn md5_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut md5 = Md5::new();
    std::io::copy(&mut file, &mut md5)?;
    Ok(hex::encode(md5.finalize()))
}
