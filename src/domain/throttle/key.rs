/// Identifies a bucket by a keyed hash, because people may type passwords into the field of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThrottleKey([u8; 32]);

impl ThrottleKey {
    /// Wraps a hash, fresh or stored.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the key as it is stored.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
