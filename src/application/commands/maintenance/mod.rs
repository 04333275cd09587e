//! Commands that the server itself runs, on the schedule of `upkeep` in [`setup`](crate::setup).

mod purge_expired;
mod write_refusals;

pub use purge_expired::PurgeExpired;
pub use write_refusals::WriteRefusals;
