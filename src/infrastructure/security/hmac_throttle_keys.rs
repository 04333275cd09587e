use secrecy::SecretString;

use super::keyed_hash::KeyedHash;
use crate::{application::ports::ThrottleKeys, domain::throttle::ThrottleKey};

/// Derives keys by HMAC-SHA-256.
#[derive(Debug)]
pub struct HmacThrottleKeys {
    hash: KeyedHash,
}

impl HmacThrottleKeys {
    /// Derives keys from `secret`. With another one, all counts restart.
    pub fn new(secret: &SecretString) -> Self {
        Self {
            hash: KeyedHash::derive(secret, b"gatehouse throttle keys"),
        }
    }
}

impl ThrottleKeys for HmacThrottleKeys {
    fn key(&self, subject: &str) -> ThrottleKey {
        ThrottleKey::new(self.hash.of(subject))
    }
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
}
