use secrecy::SecretString;

use super::keyed_hash::KeyedHash;
use crate::{
    application::ports::ErasedUsernameKeys,
    domain::user::{ErasedUsernameKey, Username},
};

/// Derives keys by HMAC-SHA-256, under the current and former secrets.
#[derive(Debug)]
pub struct HmacErasedUsernameKeys {
    current: KeyedHash,
    former: Vec<KeyedHash>,
}

impl HmacErasedUsernameKeys {
    /// Derives keys from these secrets. Names erased under another one can be taken again.
    pub fn new(current: &SecretString, former: &[SecretString]) -> Self {
        let derive = |secret| KeyedHash::derive(secret, b"gatehouse erased usernames");
        Self {
            current: derive(current),
            former: former.iter().map(derive).collect(),
        }
    }
}

impl ErasedUsernameKeys for HmacErasedUsernameKeys {
    fn current(&self, username: &Username) -> ErasedUsernameKey {
        ErasedUsernameKey::new(self.current.of(username.key()))
    }

    fn all(&self, username: &Username) -> Vec<ErasedUsernameKey> {
        let former = self.former.iter().map(|hash| hash.of(username.key()));
        let former = former.map(ErasedUsernameKey::new);
        std::iter::once(self.current(username)).chain(former).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(current: &str, former: &[&str]) -> HmacErasedUsernameKeys {
        let former = Vec::from_iter(former.iter().map(|secret| SecretString::from(*secret)));
        HmacErasedUsernameKeys::new(&current.into(), &former)
    }

    #[test]
    fn a_name_is_known_in_any_case_and_by_former_secrets() {
        let (alice, other) = (Username::new("Alice").unwrap(), Username::new("brian").unwrap());
        let erased = keys("old", &[]).current(&alice);
        let rotated = keys("new", &["older", "old"]);
        assert!(rotated.all(&Username::new("aLICE").unwrap()).contains(&erased));
        assert!(!rotated.all(&other).contains(&erased));
        assert_ne!(rotated.current(&alice), erased);
        assert!(rotated.all(&alice).contains(&rotated.current(&alice)));
    }

    #[test]
    fn a_name_is_unknown_without_the_secret() {
        let alice = Username::new("alice").unwrap();
        let erased = keys("lost", &[]).current(&alice);
        assert!(!keys("new", &[]).all(&alice).contains(&erased));
    }
}
