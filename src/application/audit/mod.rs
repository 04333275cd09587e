//! The audit trail: who did what to whom, when, and from where.
//!
//! A command records its event in the transaction of its change, so neither exists without the other. A refusal changes
//! nothing, so it is written separately, a moment later. Similar refusals are written together, so that a flood cannot
//! fill the disk.
//!
//! The [domain](crate::domain::audit) defines the events, and [queries](super::queries::audit) read them. Use cases
//! call [`Audit`].

mod refusals;
mod service;

pub use refusals::Refusals;
pub use service::Audit;
