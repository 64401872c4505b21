//! Published parts: parquet files named by their digest, never changed once they are there.

use std::{
    fs::{self, File, Metadata, Permissions},
    io::{self, Read, Seek, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use agnes_contract::id::Digest;
use md5::{Digest as _, Md5};
use rustix::fs::ioctl_ficlone;
use sha2::Sha256;
use tempfile::NamedTempFile;

use crate::Error;

/// A file that changed under so many copies is being written by somebody.
const ATTEMPTS: usize = 3;
const UNFINISHED: &str = ".adopting-";
const BUFFER_BYTES: usize = 1 << 20;

/// The folder of published parts, `DATA_DIR/objects`.
#[derive(Clone, Debug)]
pub struct Objects {
    dir: Arc<PathBuf>,
}

/// What was found out about a part while taking it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectInfo {
    /// SHA-256 of the bytes; also the name.
    pub digest: Digest,
    /// MD5 of the bytes, 32 lower-case hex digits, for old clients.
    pub md5: String,
    /// Bytes.
    pub size_bytes: u64,
}

impl Objects {
    /// The parts in a folder, which need not exist yet.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        // Workers stand elsewhere: a relative path would mean another folder to them.
        Self { dir: Arc::new(std::path::absolute(&dir).unwrap_or(dir)) }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the part of a digest is, or would be.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.as_str();
        self.dir.join(&hex[..2]).join(format!("{hex}.parquet"))
    }

    /// Whether the part is there.
    #[must_use]
    pub fn contains(&self, digest: &Digest) -> bool {
        self.path(digest).is_file()
    }

    /// The part, opened for reading.
    ///
    /// # Errors
    /// As the file system says; `NotFound` when it is not there.
    pub fn open(&self, digest: &Digest) -> io::Result<File> {
        File::open(self.path(digest))
    }

    /// Takes over a file: copies it, hashing in the same pass, and names it by its digest. Blocks.
    ///
    /// A part that is there already is not written again.
    ///
    /// # Errors
    /// When it cannot be read or written, or keeps changing meanwhile.
    pub fn adopt(&self, source: &Path) -> Result<ObjectInfo, Error> {
        for _ in 0..ATTEMPTS {
            let mut file = File::open(source).map_err(Error::file("open", source))?;
            if let Some(adopted) = self.adopt_file(&mut file, source, None)? {
                return Ok(adopted.info);
            }
        }
        Err(Error::Changing(source.to_path_buf()))
    }

    /// Takes over an open file; nothing when it changed meanwhile. When it may be a part we have,
    /// it is read once to see whether it is, and only copied if not.
    pub(crate) fn adopt_file(
        &self,
        source: &mut File,
        name: &Path,
        maybe: Option<&ObjectInfo>,
    ) -> Result<Option<Adopted>, Error> {
        let before = Stamp::of(source).map_err(Error::file("look at", name))?;
        if let Some(known) = maybe.filter(|known| known.size_bytes == before.size && self.is_whole(known)) {
            let info = hash(source, &mut io::sink()).map_err(Error::file("read", name))?;
            if info == *known && Stamp::of(source).is_ok_and(|after| after == before) {
                return Ok(Some(Adopted { info, created: false }));
            }
            source.rewind().map_err(Error::file("read", name))?;
        }
        fs::create_dir_all(&*self.dir).map_err(Error::file("create", &*self.dir))?;
        let mut copy = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&*self.dir)
            .map_err(Error::file("write in", &*self.dir))?;
        // Where the file system can, both share their blocks until one is rewritten; then the copy
        // is what is hashed.
        let info = if ioctl_ficlone(copy.as_file(), &*source).is_ok() {
            hash(copy.as_file_mut(), &mut io::sink())
        } else {
            hash(source, copy.as_file_mut())
        };
        let info = info.map_err(Error::file("copy", name))?;
        if Stamp::of(source).map_err(Error::file("look at", name))? != before || info.size_bytes != before.size {
            return Ok(None);
        }
        let created = !self.is_whole(&info);
        if created {
            self.keep(copy, &info.digest)?;
        }
        Ok(Some(Adopted { info, created }))
    }

    /// Whether the part is there with all its bytes.
    pub(crate) fn is_whole(&self, info: &ObjectInfo) -> bool {
        fs::metadata(self.path(&info.digest)).is_ok_and(|there| there.is_file() && there.len() == info.size_bytes)
    }

    /// Takes a part away again that turned out not to be parquet.
    pub(crate) fn discard(&self, digest: &Digest) {
        let _ = fs::remove_file(self.path(digest));
    }

    /// Removes copies a process that died was making. Call while nobody adopts.
    pub(crate) fn sweep(&self) {
        for entry in fs::read_dir(&*self.dir).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn keep(&self, copy: NamedTempFile, digest: &Digest) -> Result<(), Error> {
        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.dir);
        let write = || -> io::Result<()> {
            copy.as_file().set_permissions(Permissions::from_mode(0o644))?;
            copy.as_file().sync_all()?;
            fs::create_dir_all(folder)?;
            copy.persist(&path).map_err(|failed| failed.error)?;
            // The name is on disk only when the folder is.
            File::open(folder)?.sync_all()?;
            File::open(&*self.dir)?.sync_all()
        };
        write().map_err(Error::file("write", &path))
    }
}

/// A file taken over.
pub(crate) struct Adopted {
    pub(crate) info: ObjectInfo,
    /// Whether there was no such part before.
    pub(crate) created: bool,
}

/// What tells that a file was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        Ok(Self::from(&file.metadata()?))
    }
}

impl From<&Metadata> for Stamp {
    fn from(of: &Metadata) -> Self {
        Self {
            device: of.dev(),
            inode: of.ino(),
            size: of.size(),
            modified: (of.mtime(), of.mtime_nsec()),
            changed: (of.ctime(), of.ctime_nsec()),
        }
    }
}

/// Reads to the end, writing what is read.
fn hash(source: &mut File, copy: &mut dyn Write) -> io::Result<ObjectInfo> {
    let (mut sha256, mut md5, mut size_bytes) = (Sha256::new(), Md5::new(), 0);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let bytes = &buffer[..read];
        sha256.update(bytes);
        md5.update(bytes);
        copy.write_all(bytes)?;
        size_bytes += read as u64;
    }
    let digest = Digest::new(hex::encode(sha256.finalize())).map_err(io::Error::other)?;
    Ok(ObjectInfo { digest, md5: hex::encode(md5.finalize()), size_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_by_its_bytes_and_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::new(folder.path().join("objects"));
        let source = folder.path().join("a.parquet");
        fs::write(&source, "hello").unwrap();
        let info = objects.adopt(&source).unwrap();
        assert_eq!(info.digest.as_str(), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assert_eq!((info.md5.as_str(), info.size_bytes), ("5d41402abc4b2a76b9719d911017c592", 5));

        let path = objects.path(&info.digest);
        let written = Stamp::from(&fs::metadata(&path).unwrap());
        assert_eq!(objects.adopt(&source).unwrap(), info);
        assert_eq!(Stamp::from(&fs::metadata(&path).unwrap()), written);

        // A part that lost bytes is not trusted, but replaced.
        fs::write(&path, "hel").unwrap();
        assert_eq!(objects.adopt(&source).unwrap(), info);
        assert_eq!(fs::read(&path).unwrap(), b"hello");
        assert_eq!(fs::read_dir(objects.dir()).unwrap().count(), 1, "nothing temporary is left");
    }
}
