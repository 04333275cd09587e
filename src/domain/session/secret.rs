use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The 256 random bits that open a session. Only the client's token holds them; never shown by `Debug`, wiped on drop.
#[derive(Clone)]
pub struct SessionSecret(Zeroizing<[u8; Self::LENGTH]>);

/// The SHA-256 of a [`SessionSecret`]: all that is stored of it, so that whoever reads the database cannot enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionSecretDigest([u8; 32]);

impl SessionSecret {
    /// Length of the secret, in bytes.
    pub const LENGTH: usize = 32;

    /// Takes fresh random bytes, or those that a token brought back.
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The secret itself, for the token that carries it.
    pub fn expose(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// What is stored of it. A plain hash is enough: 256 random bits cannot be guessed.
    pub fn digest(&self) -> SessionSecretDigest {
        SessionSecretDigest(Sha256::digest(self.0.as_slice()).into())
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret([redacted])")
    }
}

impl SessionSecretDigest {
    /// Takes over what storage kept.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest as storage keeps it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_sha_256_of_the_secret() {
        let digest = SessionSecret::new([0; 32]).digest();
        assert_eq!(digest.as_bytes()[..4], [0x66, 0x68, 0x7a, 0xad]);
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(
            format!("{:?}", SessionSecret::new([7; 32])),
            "SessionSecret([redacted])"
        );
    }
}
