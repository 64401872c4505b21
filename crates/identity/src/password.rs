//! Passwords: argon2id with the parameters of RFC 9106's second recommendation, off the async threads.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::random::Random;

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 65_536;
const ITERATIONS: u32 = 3;
const LANES: u32 = 4;
const OUTPUT_BYTES: usize = 32;
/// Longer passwords are refused before hashing, whatever they are.
pub const MAX_BYTES: usize = 1024;

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The parameters or the salt were refused.
    #[error("could not hash a password: {0}")]
    Hash(argon2::password_hash::Error),
    /// The thread that hashed is gone.
    #[error("could not run the password hash")]
    Thread(#[source] tokio::task::JoinError),
    /// The hasher was shut.
    #[error("no password is hashed any more")]
    Closed,
}

/// Hashes and verifies, a bounded number at once: each takes 64 MiB.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    random: Random,
    params: Params,
    /// What is verified when there is nothing to verify against, so that it takes as long.
    dummy: Arc<str>,
}

impl Passwords {
    /// As many at once as given.
    #[must_use]
    pub fn new(max_parallel: usize) -> Self {
        let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, Some(OUTPUT_BYTES)).unwrap_or(Params::DEFAULT);
        Self::with_params(max_parallel, params, Random::system())
    }

    /// With other parameters and randomness, for tests.
    #[must_use]
    pub fn with_params(max_parallel: usize, params: Params, random: Random) -> Self {
        // A hash nobody knows the password of: zeros, in the shape of these parameters.
        let dummy = format!(
            "$argon2id$v=19$m={},t={},p={}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            params.m_cost(),
            params.t_cost(),
            params.p_cost()
        );
        Self { permits: Arc::new(Semaphore::new(max_parallel.max(1))), random, params, dummy: Arc::from(dummy) }
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// When argon2 refuses; never because of the password itself.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Error::Closed)?;
        let salt = SaltString::encode_b64(&self.random.bytes::<16>()).map_err(Error::Hash)?;
        let (password, params) = (password.to_owned(), self.params.clone());
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by who waits for it: hanging up does not make room for another hash.
            let _permit = permit;
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(Error::Hash)
        })
        .await
        .map_err(Error::Thread)?
    }

    /// Whether the password is the one of the stored hash, whose own parameters count. Without a hash, or with one
    /// that cannot be read, the answer is no and takes as long.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        if password.len() > MAX_BYTES {
            return false;
        }
        let Ok(permit) = Arc::clone(&self.permits).acquire_owned().await else { return false };
        let real = stored.is_some_and(readable);
        let stored = stored.filter(|_| real).unwrap_or(&self.dummy).to_owned();
        let password = password.to_owned();
        let matches = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
        .unwrap_or(false);
        real && matches
    }
}

/// Whether verifying against this takes the time of a hash: argon2, with parameters it accepts.
fn readable(stored: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|hash| Algorithm::try_from(hash.algorithm).is_ok() && Params::try_from(&hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick() -> Passwords {
        Passwords::with_params(2, Params::new(64, 1, 1, Some(32)).unwrap(), Random::seeded(7))
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash() {
        let passwords = quick();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert!(passwords.verify("correct horse", Some(&hash)).await);
        assert!(!passwords.verify("Correct horse", Some(&hash)).await);
        assert_ne!(hash, passwords.hash("correct horse").await.unwrap(), "salted");
    }

    #[tokio::test]
    async fn nothing_to_verify_against_is_a_wrong_password() {
        let passwords = quick();
        let stored = [
            None,
            Some(""),
            Some("garbage"),
            Some("$argon2id$v=19$m=1"),
            Some("$pbkdf2-sha256$i=1000$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            Some(&*passwords.dummy),
        ];
        for stored in stored {
            assert!(!passwords.verify("anything", stored).await, "{stored:?}");
        }
    }

    #[tokio::test]
    async fn new_hashes_use_the_full_parameters() {
        let hash = Passwords::new(1).hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{hash}");
    }

    #[test]
    fn a_caller_that_hangs_up_makes_no_room_for_another_hash() {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).max_blocking_threads(1).enable_time().build().unwrap();
        let passwords = Passwords { permits: Arc::new(Semaphore::new(1)), ..quick() };
        runtime.block_on(async {
            let (release, held) = std::sync::mpsc::channel::<()>();
            let busy = tokio::task::spawn_blocking(move || held.recv().is_err());
            let waited = tokio::time::timeout(std::time::Duration::from_millis(20), passwords.verify("x", None)).await;
            assert!(waited.is_err(), "the only thread is busy");
            assert_eq!(passwords.permits.available_permits(), 0);
            drop(release);
            assert!(busy.await.unwrap());
            assert!(!passwords.verify("x", None).await);
        });
    }
}
