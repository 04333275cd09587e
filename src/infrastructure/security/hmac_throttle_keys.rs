use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::{application::ports::ThrottleKeys, domain::throttle::ThrottleKey};

/// Derives keys by HMAC-SHA-256, under a key that is itself derived from a secret of another use.
pub struct HmacThrottleKeys {
    mac: Hmac<Sha256>,
}

impl HmacThrottleKeys {
    /// Separates the derived key from other uses of the secret.
    const PURPOSE: &[u8] = b"gatehouse throttle keys";

    /// Derives keys from `secret`. With another one, all counts restart.
    pub fn new(secret: &SecretString) -> Self {
        let derived = code(&mac(secret.expose_secret().as_bytes()), Self::PURPOSE);
        Self { mac: mac(&derived) }
    }
}

impl ThrottleKeys for HmacThrottleKeys {
    fn key(&self, subject: &str) -> ThrottleKey {
        ThrottleKey::new(code(&self.mac, subject.as_bytes()))
    }
}

impl fmt::Debug for HmacThrottleKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacThrottleKeys([redacted])")
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

    fn key(secret: &str, subject: &str) -> ThrottleKey {
        HmacThrottleKeys::new(&secret.into()).key(subject)
    }

    #[test]
    fn keys_are_alike_for_the_same_secret_and_subject_only() {
        assert_eq!(key("one", "account alice"), key("one", "account alice"));
        assert_ne!(key("one", "account alice"), key("one", "account brian"));
        assert_ne!(key("one", "account alice"), key("two", "account alice"));
    }

    #[test]
    fn the_secret_itself_is_not_the_key() {
        let direct = code(&mac(b"one"), b"account alice");
        assert_ne!(key("one", "account alice"), ThrottleKey::new(direct));
    }
}
