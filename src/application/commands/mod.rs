//! The write side: each command changes something, in one transaction, or refuses and changes nothing. What it did it
//! writes to the audit trail in the same transaction; what it refused is noted there.
//!
//! By who asks: everybody about themselves in [`account`], admins about others in [`users`], whoever holds the machine
//! in [`operator`], nobody in [`maintenance`]. A file has the use case with its rules, its request, its errors,
//! `execute`, and tests. The rules are in one order: who may, what changes, what is refused.
//!
//! No command calls another. What several share stands beside them, as [`Registration`], or as [`Changes`], which
//! confirms the actor. What changes nothing is a [query](super::queries).

pub mod account;
mod changes;
pub mod maintenance;
pub mod operator;
mod registration;
pub mod users;

pub use changes::Changes;
use registration::Candidate;
pub use registration::{Registration, RegistrationError};
