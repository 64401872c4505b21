//! A download in progress: the bytes so far, and what they are a part of.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    Job,
    digests::{Digests, Sums},
};

/// `<table>.parquet.tmp.json`: what the bytes beside it are a part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Label {
    path: String,
    identity: String,
    etag: Option<String>,
}

/// `<table>.parquet.tmp` while it grows.
#[derive(Debug)]
pub struct Partial {
    file: File,
    tmp: PathBuf,
    label_file: PathBuf,
    label: Label,
    digests: Digests,
}

/// The names a download of this target uses.
pub fn names(target: &Path) -> (PathBuf, PathBuf) {
    let with = |suffix: &str| {
        let mut name = target.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    (with(".tmp"), with(".tmp.json"))
}

/// Forgets what was downloaded so far.
pub fn discard(target: &Path) {
    let (tmp, label) = names(target);
    // What cannot be removed is overwritten next time.
    let _ = fs::remove_file(tmp);
    let _ = fs::remove_file(label);
}

impl Partial {
    /// What an earlier attempt left behind, if it is a part of the same bytes; else nothing yet.
    pub fn open(job: &Job) -> io::Result<Self> {
        let (tmp, label_file) = names(&job.target);
        let label = fs::read(&label_file).ok().and_then(|text| serde_json::from_slice::<Label>(&text).ok());
        let fits = label.filter(|label| {
            let names_bytes = label.etag.is_some() || job.is_immutable();
            label.path == job.path && label.identity == job.identity() && names_bytes
        });
        let mut file = File::options().create(true).truncate(false).read(true).write(true).open(&tmp)?;
        let digests = match &fits {
            Some(_) => Digests::read(&mut file)?,
            None => Digests::default(),
        };
        let fresh = Label { path: job.path.clone(), identity: job.identity(), etag: None };
        let mut partial = Self { file, tmp, label_file, label: fits.unwrap_or(fresh), digests };
        if partial.digests.bytes() == 0 {
            partial.restart()?;
        }
        Ok(partial)
    }

    /// Bytes so far.
    pub const fn bytes(&self) -> u64 {
        self.digests.bytes()
    }

    /// What the server called the bytes they are a part of.
    pub fn etag(&self) -> Option<&str> {
        self.label.etag.as_deref()
    }

    /// Throws the bytes away.
    pub fn restart(&mut self) -> io::Result<()> {
        self.digests = Digests::default();
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        Ok(())
    }

    /// Says what the bytes are a part of, before the first of them is written.
    pub fn label(&mut self, etag: Option<&str>) -> io::Result<()> {
        // A weak tag does not promise the same bytes.
        self.label.etag = etag.filter(|etag| !etag.starts_with("W/")).map(str::to_owned);
        fs::write(&self.label_file, serde_json::to_vec(&self.label).map_err(io::Error::other)?)
    }

    /// The next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.digests.update(bytes);
        Ok(())
    }

    /// The checksums of what is there.
    pub fn sums(&self) -> Sums {
        self.digests.clone().finish()
    }

    /// Whether it begins and ends as parquet does.
    pub fn is_parquet(&mut self) -> io::Result<bool> {
        if self.bytes() < 8 {
            return Ok(false);
        }
        let (mut head, mut tail) = ([0; 4], [0; 4]);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_exact(&mut head)?;
        self.file.seek(SeekFrom::End(-4))?;
        self.file.read_exact(&mut tail)?;
        Ok(&head == b"PAR1" && &tail == b"PAR1")
    }

    /// Puts the verified bytes in the place of the old ones.
    pub fn publish(self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.tmp, target)?;
        let _ = fs::remove_file(&self.label_file);
        Ok(())
    }
}
