//! The audit trail: who did what to whom, when, and from where.
//!
//! What a command changes it writes down in the same transaction: there is neither without the other. What is refused
//! changes nothing, so it is written by itself, a moment later, and alike refusals together: a flood of them cannot
//! fill the disk.
//!
//! What an event is, the [domain](crate::domain::audit) says; how the trail is read, the
//! [queries](super::queries::audit). Use cases call [`Audit`].

mod refusals;
mod service;

pub use refusals::Refusals;
pub use service::Audit;
