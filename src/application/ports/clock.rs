use chrono::{DateTime, Utc};

/// Tells the time; the only way in which time comes into the application.
pub trait Clock: Send + Sync {
    /// The present moment, in whole microseconds: no finer than every database keeps it.
    fn now(&self) -> DateTime<Utc>;
}
