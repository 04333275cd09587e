//! The counts of failed attempts, and the delays that grow with them.
//!
//! The [service](crate::application::throttle) decides what counts where. Begin with [`ThrottleBucket`].

mod bucket;
mod key;
mod network;
mod rule;

pub use bucket::{ThrottleBucket, ThrottleBucketState};
pub use key::ThrottleKey;
pub use network::ClientNetwork;
pub use rule::{InvalidThrottleRule, ThrottleRule};
