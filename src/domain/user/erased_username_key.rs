/// Identifies the username of an erased user by a keyed hash, so that nobody can read the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErasedUsernameKey([u8; 32]);

impl ErasedUsernameKey {
    /// Wraps a hash, fresh or stored.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the key as it is stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
