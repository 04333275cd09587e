use crate::domain::user::{ErasedUsernameKey, Username};

/// Derives the keys under which the usernames of erased users are kept.
pub trait ErasedUsernameKeys: Send + Sync {
    /// Returns the key of `username` under the current secret, which marks it as erased. It is the same in any case.
    ///
    /// It depends on a secret outside storage, so that nobody who reads storage can find out the name by guessing.
    fn current(&self, username: &Username) -> ErasedUsernameKey;

    /// Returns the keys of `username` under the current and every former secret, each of which shows that it is erased.
    fn all(&self, username: &Username) -> Vec<ErasedUsernameKey>;
}
