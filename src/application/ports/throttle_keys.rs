use crate::domain::throttle::ThrottleKey;

/// Derives the keys under which attempts are counted.
pub trait ThrottleKeys: Send + Sync {
    /// Returns the key of `subject`: the same on every node, and different for every subject.
    ///
    /// It depends on a secret outside storage, so that nobody who reads storage can find out the subject by guessing.
    fn key(&self, subject: &str) -> ThrottleKey;
}
