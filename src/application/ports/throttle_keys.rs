use crate::domain::throttle::ThrottleKey;

/// Makes the keys under which attempts are counted.
pub trait ThrottleKeys: Send + Sync {
    /// The key of what `subject` says: the same on every node, different for every text, and of no use to whoever reads the
    /// storage and tries likely texts. So it takes a secret that is not there.
    fn key(&self, subject: &str) -> ThrottleKey;
}
