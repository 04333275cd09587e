//! The service that writes the [audit trail](super::audit_trail).
//!
//! A command writes its event in the same transaction as its changes. A refusal changes nothing, so it is written on
//! its own, a moment later. Equal refusals are written together, so that a flood of them cannot fill the disk.
//!
//! Use cases call [`Audit`], and [queries](super::queries::audit) read the trail.

mod refusals;
mod service;

pub use refusals::Refusals;
pub use service::Audit;
