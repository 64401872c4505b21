//! Opens a file: unpacks it, bounds it, and notices whether it changed meanwhile.

use std::cell::{Cell, RefCell};
use std::fs::{File, Metadata};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::rc::Rc;

use md5::{Digest, Md5};

use super::state::{Seen, Stamp};
use crate::error::Error;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Tsv,
    JsonLines,
    Parquet,
}

/// What it is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    Zstd,
}

/// A file of a table.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Its path below the root, for people.
    pub name: String,
    /// Where it really is.
    pub path: PathBuf,
    pub format: Format,
    pub packing: Packing,
}

impl Input {
    /// Size and times as they are now.
    pub(super) fn stamp(&self) -> Result<Stamp, Error> {
        let metadata = std::fs::metadata(&self.path).map_err(Error::io("look at", &self.path))?;
        Ok(Stamp::of(&metadata))
    }

    /// The MD5 of its bytes as they are on disk.
    pub(super) fn fingerprint(&self) -> Result<Seen, Error> {
        self.open(u64::MAX)?.watch.finish(self)
    }

    /// Opens it for reading; the content may have at most `budget` bytes.
    pub(super) fn open(&self, budget: u64) -> Result<Opened, Error> {
        let file = File::options()
            .read(true)
            // A pipe or a device in the folder must not hang the run.
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
            .open(&self.path)
            .map_err(Error::io("open", &self.path))?;
        let metadata = file.metadata().map_err(Error::io("look at", &self.path))?;
        if !metadata.is_file() {
            return Err(Error::NotAFile(self.name.clone()));
        }
        let watch = Watch { file, before: metadata, tally: Rc::new(Tally::default()) };
        let raw = watch.raw().map_err(|_| Error::NotAFile(self.name.clone()))?;
        let content: Box<dyn Read> = match self.packing {
            Packing::None => Box::new(raw),
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(64 << 10, raw))),
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(raw).map_err(Error::io("unpack", &self.path))?),
        };
        Ok(Opened { content: Bounded { content, left: budget }, watch })
    }
}

/// A file being read.
pub(super) struct Opened {
    pub content: Bounded,
    pub watch: Watch,
}

/// What is known of a file while it is read.
pub(super) struct Watch {
    file: File,
    before: Metadata,
    tally: Rc<Tally>,
}

#[derive(Default)]
struct Tally {
    bytes: Cell<u64>,
    digest: RefCell<Md5>,
}

impl Watch {
    /// Bytes read so far, as they are on disk.
    pub(super) fn bytes(&self) -> u64 {
        self.tally.bytes.get()
    }

    fn raw(&self) -> io::Result<Tallied> {
        Ok(Tallied { file: self.file.try_clone()?, tally: Rc::clone(&self.tally) })
    }

    /// What was read.
    ///
    /// # Errors
    /// [`Error::ChangedWhileRead`]: somebody is still writing it, the next run will see all of it.
    pub(super) fn finish(self, input: &Input) -> Result<Seen, Error> {
        // A packed stream may end before its file does.
        io::copy(&mut self.raw().map_err(Error::io("read", &input.path))?, &mut io::sink())
            .map_err(Error::io("read", &input.path))?;
        let before = Stamp::of(&self.before);
        let after = self.file.metadata().map_err(Error::io("look at", &input.path))?;
        if Stamp::of(&after) != before || input.stamp()? != before || self.bytes() != self.before.size() {
            return Err(Error::ChangedWhileRead(input.name.clone()));
        }
        let md5 = hex::encode(self.tally.digest.take().finalize());
        Ok(Seen { file: input.name.clone(), stamp: before, md5 })
    }
}

struct Tallied {
    file: File,
    tally: Rc<Tally>,
}

impl Read for Tallied {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.tally.bytes.set(self.tally.bytes.get() + read as u64);
        self.tally.digest.borrow_mut().update(&buffer[..read]);
        Ok(read)
    }
}

/// Content that may not be longer than it was said: a small file can unpack to a huge one.
pub(super) struct Bounded {
    content: Box<dyn Read>,
    left: u64,
}

impl Bounded {
    /// Bytes that may still come.
    pub(super) fn left(&self) -> u64 {
        self.left
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it unpacks to more bytes than a table may have"))?;
        Ok(read)
    }
}
