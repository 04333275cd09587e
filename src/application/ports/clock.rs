use chrono::{DateTime, Utc};

/// Tells the time. The application has no other source of it.
pub trait Clock: Send + Sync {
    /// Returns the current time in whole microseconds, which every database stores exactly.
    fn now(&self) -> DateTime<Utc>;
}
