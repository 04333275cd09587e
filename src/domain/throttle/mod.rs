//! How often something may be attempted: the counts of failures, and the delays that grow with them.
//!
//! What counts against what, and when, is the [service](crate::application::throttle) of the same name. Begin with
//! [`ThrottleBucket`].

mod bucket;
mod key;
mod network;
mod rule;

pub use bucket::{ThrottleBucket, ThrottleBucketState};
pub use key::ThrottleKey;
pub use network::ClientNetwork;
pub use rule::{InvalidThrottleRule, ThrottleRule};
