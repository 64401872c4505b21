//! Files that appear whole: written beside, synced, renamed.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::error::Error;

/// Makes a folder everybody may read, whatever the umask says.
pub(crate) fn make_directory(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path).map_err(Error::io("create", path))?;
    fs::set_permissions(path, Permissions::from_mode(0o755)).map_err(Error::io("open up", path))
}

/// Puts a finished file in its place: readable by all, on disk, then visible.
pub(crate) fn put_in_place(finished: &Path, target: &Path) -> Result<(), Error> {
    let file = File::open(finished).map_err(Error::io("open", finished))?;
    file.set_permissions(Permissions::from_mode(0o644)).map_err(Error::io("open up", finished))?;
    file.sync_all().map_err(Error::io("sync", finished))?;
    fs::rename(finished, target).map_err(Error::io("rename", finished))?;
    target.parent().map_or(Ok(()), sync_directory)
}

/// Replaces a small file as a whole.
pub(crate) fn replace(target: &Path, content: &[u8]) -> Result<(), Error> {
    let mut name = target.as_os_str().to_owned();
    name.push(".tmp");
    let beside = Path::new(&name);
    let mut file = File::create(beside).map_err(Error::io("create", beside))?;
    file.write_all(content).map_err(Error::io("write", beside))?;
    drop(file);
    put_in_place(beside, target)
}

/// Makes the names in a folder survive a power cut.
pub(crate) fn sync_directory(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(Error::io("sync", path))
}

/// Removes a file that may not be there.
pub(crate) fn remove_if_there(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path)(error)),
        _ => Ok(()),
    }
}
