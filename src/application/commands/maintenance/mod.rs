//! What the server does by itself, at the times that `upkeep` in [`setup`](crate::setup) sets.

mod purge_expired;
mod write_refusals;

pub use purge_expired::{PurgeExpired, PurgeExpiredError};
pub use write_refusals::{WriteRefusals, WriteRefusalsError};
