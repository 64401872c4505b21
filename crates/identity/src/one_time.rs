//! Secrets that work once: sent raw, kept hashed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::random::Random;

/// A fresh secret of 32 random bytes: its 43 URL-safe characters, and what to store of it.
#[must_use]
pub fn mint(random: &Random) -> (String, String) {
    let raw = URL_SAFE_NO_PAD.encode(random.bytes::<32>());
    let hash = hash(&raw);
    (raw, hash)
}

/// What is stored of a secret: SHA-256, hex. The secret has 256 bits of entropy, so no slow hash is needed.
#[must_use]
pub fn hash(raw: &str) -> String {
    hex::encode(Sha256::digest(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_43_characters_and_is_known_by_its_hash_alone() {
        let random = Random::seeded(1);
        let (raw, stored) = mint(&random);
        assert_eq!(raw.len(), 43);
        assert_eq!(hash(&raw), stored);
        assert!(!stored.contains(&raw));
        assert_ne!(mint(&random).0, raw);
    }
}
