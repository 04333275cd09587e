//! How often something may be attempted: the counts of failures, and the delays that grow with them.

mod bucket;
mod key;
mod network;
mod rule;

pub use bucket::{ThrottleBucket, ThrottleBucketState};
pub use key::ThrottleKey;
pub use network::ClientNetwork;
pub use rule::{InvalidThrottleRule, ThrottleRule};
