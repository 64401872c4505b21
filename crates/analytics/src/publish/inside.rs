//! Finding the files of a table without ever leaving its source's folder.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Dir, Mode, OFlags, ResolveFlags, openat, openat2},
    io::Errno,
};

use super::{sources::Source, take::Trouble};
use crate::objects::Stamp;

/// Where the rows of a table are.
pub(super) enum Data {
    /// In one parquet file.
    One(File, PathBuf),
    /// In several, to be merged.
    Many(Vec<PathBuf>, Vec<(PathBuf, Stamp)>),
    /// In a table or view of the extract itself. The inputs are known for a table only: a view may
    /// read any file of the source.
    Inside(Option<Vec<(PathBuf, Stamp)>>),
}

/// `data/<table>.parquet`, else all of `data/<table>/*.parquet`.
pub(super) fn files_of(folder: &Path, table: &str) -> Result<Option<Data>, Trouble> {
    let single = format!("data/{table}.parquet");
    if let Some(file) = open_inside(folder, &single, OFlags::empty())? {
        return Ok(Some(Data::One(file, folder.join(single))));
    }
    let several = format!("data/{table}");
    let Some(directory) = open_inside(folder, &several, OFlags::DIRECTORY)? else { return Ok(None) };
    let mut names = Vec::new();
    for entry in Dir::read_from(&directory).map_err(|error| at(&folder.join(&several))(error.into()))? {
        let entry = entry.map_err(|error| at(&folder.join(&several))(error.into()))?;
        match entry.file_name().to_str() {
            Ok(name) if Path::new(name).extension() == Some(OsStr::new("parquet")) && !name.starts_with('.') => {
                names.push(format!("{several}/{name}"));
            }
            _ => {}
        }
    }
    names.sort();
    let mut files = Vec::new();
    for name in &names {
        // Opened to be sure that it is inside and a file; the worker opens it again, confined.
        if let Some(file) = open_inside(folder, name, OFlags::empty())? {
            files.push((file, folder.join(name)));
        }
    }
    if files.len() == 1 {
        return Ok(files.pop().map(|(file, path)| Data::One(file, path)));
    }
    let inputs: Result<Vec<_>, _> =
        files.iter().map(|(file, path)| Ok((path.clone(), Stamp::of(file).map_err(at(path))?))).collect();
    let paths = files.into_iter().map(|(_, path)| path).collect::<Vec<_>>();
    Ok(if paths.is_empty() { None } else { Some(Data::Many(paths, inputs?)) })
}

/// The extract and its log, as inputs of what is inside.
pub(super) fn extract_inputs(folder: &Path) -> Result<Vec<(PathBuf, Stamp)>, Trouble> {
    let extract = Source::extract(folder);
    let log = extract.with_extension("duckdb.wal");
    let mut inputs = Vec::new();
    for path in [extract, log] {
        match std::fs::metadata(&path) {
            Ok(metadata) => inputs.push((path, Stamp::from(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(&path)(error)),
        }
    }
    Ok(inputs)
}

/// Opens a file below a folder, refusing symbolic links that lead out of it. Nothing where there is
/// none.
fn open_inside(folder: &Path, name: &str, flags: OFlags) -> Result<Option<File>, Trouble> {
    let path = folder.join(name);
    let root = File::open(folder).map_err(at(folder))?;
    // Not to be held up by a pipe somebody put there.
    let flags = flags | OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let opened = match openat2(&root, name, flags, Mode::empty(), beneath) {
        // Kernels and containers without the call: no symbolic link at all in the last step, and
        // the folders before it checked by name.
        Err(Errno::NOSYS | Errno::PERM) => match path.parent().map(std::fs::canonicalize) {
            Some(Ok(parent)) if !parent.starts_with(folder) => Err(Errno::XDEV),
            _ => openat(&root, name, flags | OFlags::NOFOLLOW, Mode::empty()),
        },
        other => other,
    };
    match opened {
        Ok(descriptor) => {
            let file = File::from(descriptor);
            let metadata = file.metadata().map_err(at(&path))?;
            if metadata.is_dir() != flags.contains(OFlags::DIRECTORY) || !(metadata.is_dir() || metadata.is_file()) {
                return Err(Trouble::Table(format!("{name} is not a file")));
            }
            Ok(Some(file))
        }
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(Errno::XDEV | Errno::LOOP) => {
            Err(Trouble::Table(format!("{name} is a symbolic link that leads out of the source's folder")))
        }
        Err(error) => Err(at(&path)(error.into())),
    }
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Trouble {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    move |error| Trouble::Table(format!("{name} cannot be read: {error}"))
}
