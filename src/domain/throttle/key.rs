/// Tells buckets apart without saying what they are about: a keyed hash, for the names that people try may be passwords typed
/// in the wrong field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThrottleKey([u8; 32]);

impl ThrottleKey {
    /// Takes what the hash gave, or what storage kept.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key as storage keeps it.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
