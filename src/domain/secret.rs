//! Secrets that grant access.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// 256 random bits that grant access, such as those of a session.
///
/// Only their holder keeps them. `Debug` does not show them, and they are wiped from memory on drop.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; Self::LENGTH]>);

/// The SHA-256 of a [`Secret`], which is stored in its place: it grants no access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SecretDigest([u8; 32]);

impl Secret {
    /// Length of the secret, in bytes.
    pub const LENGTH: usize = 32;

    /// Wraps random bytes, fresh or read from a token.
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Returns the bytes of the secret.
    pub fn expose(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Returns the digest to store. A plain hash is enough, because 256 random bits cannot be guessed.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0.as_slice()).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl SecretDigest {
    /// Wraps a stored digest.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the digest as it is stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_sha_256_of_the_secret() {
        let digest = Secret::new([0; 32]).digest();
        assert_eq!(digest.as_bytes()[..4], [0x66, 0x68, 0x7a, 0xad]);
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", Secret::new([7; 32])), "Secret([redacted])");
    }
}
