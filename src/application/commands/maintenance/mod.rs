//! What the server does by itself, on nobody's request.

mod purge_expired;
mod write_refusals;

pub use purge_expired::{Expirable, PurgeExpired, PurgeExpiredError};
pub use write_refusals::{WriteRefusals, WriteRefusalsError};
