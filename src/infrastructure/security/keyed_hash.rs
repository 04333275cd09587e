use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// HMAC-SHA-256 under a key that is itself derived from a secret of another use.
#[derive(Clone)]
pub struct KeyedHash {
    mac: Hmac<Sha256>,
}

impl KeyedHash {
    /// Derives the key from `secret`. `purpose` separates it from those of other uses of the secret.
    pub fn derive(secret: &SecretString, purpose: &[u8]) -> Self {
        let derived = code(&mac(secret.expose_secret().as_bytes()), purpose);
        Self { mac: mac(&derived) }
    }

    /// Returns the hash of `text`.
    pub fn of(&self, text: &str) -> [u8; 32] {
        code(&self.mac, text.as_bytes())
    }
}

impl fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHash([redacted])")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104)")]
fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any key length is valid")
}

fn code(mac: &Hmac<Sha256>, text: &[u8]) -> [u8; 32] {
    mac.clone().chain_update(text).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(secret: &str, purpose: &[u8], text: &str) -> [u8; 32] {
        KeyedHash::derive(&secret.into(), purpose).of(text)
    }

    #[test]
    fn hashes_are_alike_for_the_same_secret_purpose_and_text_only() {
        let alice = hash("one", b"a", "alice");
        assert_eq!(hash("one", b"a", "alice"), alice);
        assert_ne!(hash("one", b"a", "brian"), alice);
        assert_ne!(hash("one", b"b", "alice"), alice);
        assert_ne!(hash("two", b"a", "alice"), alice);
    }

    #[test]
    fn the_secret_itself_is_not_the_key() {
        assert_ne!(hash("one", b"a", "alice"), code(&mac(b"one"), b"alice"));
    }
}
