//! What Gatehouse is about: users who sign up and hold roles, the sessions in which they are logged in, how often
//! somebody may try to log in, and what is remembered of what they did.
//!
//! A folder for each of them, with the entity, which nothing changes but itself, and the values that it is made of; a
//! value that exists is valid. This layer knows nothing outside itself. It is pure and synchronous: time, randomness
//! and stored state come in as arguments, so every rule can be read, and tested, on its own.
//!
//! What takes more than one of them, a port, or the one who asks, is a use case of the
//! [`application`](crate::application); who may do what is [`authorization`](crate::application::authorization).

pub mod audit;
pub mod session;
pub mod throttle;
pub mod user;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How far the clocks of two nodes may differ. What was stored at a time further ahead of now was stored by a clock that was
/// wrong, or before one was set back.
pub const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// A UUID of version 7 (RFC 9562) for the moment `now`; moments before 1970 count as 1970.
fn uuid_v7(now: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let milliseconds = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}
