//! The secret tokens are signed with: configured, or made once and kept in a file only its owner reads.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::random::Random;

/// Below this a secret can be guessed offline from one token.
pub const SHORT: usize = 32;

/// The configured value when there is one, else the file's, else 64 fresh hex digits written to the file.
///
/// # Errors
/// When the file can be neither read nor made.
pub fn load_or_create(value: Option<&str>, file: &Path) -> io::Result<String> {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        if value.len() < SHORT {
            tracing::warn!("The configured token secret is shorter than {SHORT} characters");
        }
        return Ok(value.to_owned());
    }
    if let Some(kept) = read(file)? {
        return Ok(kept);
    }
    if fs::exists(file)? {
        tracing::warn!(path = %file.display(), "The secret file is empty; making a new secret");
        fs::remove_file(file)?;
    }
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    let fresh = Random::system().hex(32);
    // Exclusive and 0600 from the first moment: nobody reads it meanwhile, and of two who make one, one wins.
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut created) => {
            created.write_all(fresh.as_bytes())?;
            created.sync_all()?;
            tracing::info!(path = %file.display(), "Made a new secret");
            Ok(fresh)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(file)?.ok_or(error),
        Err(error) => Err(error),
    }
}

fn read(file: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state").join(".secret");
        let secret = load_or_create(None, &file).unwrap();
        assert_eq!(secret.len(), 64);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(load_or_create(None, &file).unwrap(), secret);
        assert_eq!(load_or_create(Some(""), &file).unwrap(), secret);
        assert_eq!(load_or_create(Some("configured"), &file).unwrap(), "configured");
    }

    #[test]
    fn an_empty_file_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".secret");
        fs::write(&file, " \n").unwrap();
        let secret = load_or_create(None, &file).unwrap();
        assert_eq!(secret.len(), 64);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
