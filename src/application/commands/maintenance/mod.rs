//! What the server does by itself, on nobody's request. When it does is up to `upkeep` in [`setup`](crate::setup).

mod purge_expired;
mod write_refusals;

pub use purge_expired::{Expirable, PurgeExpired, PurgeExpiredError};
pub use write_refusals::{WriteRefusals, WriteRefusalsError};
