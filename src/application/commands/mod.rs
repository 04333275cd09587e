//! The write side: each command makes one change in one transaction.
//!
//! The same transaction records the event in the audit trail. If a command fails, its change is rolled back. Refusals
//! are noted in the audit trail.
//!
//! Commands are grouped by caller: users and their own accounts in [`account`], admins in [`users`], the operator in
//! [`operator`], and the server itself in [`maintenance`]. Those on one-time links are in [`links`]. A file has the use
//! case with its rules, its request, its errors, `execute`, and tests. The rules have one order: who may run it, what
//! it changes, what it rejects.
//!
//! No command calls another. They share [`NewPasswords`], [`Registration`], [`Erasure`], [`Changes`], which confirms
//! the actor, and services in their own folders. A use case that changes nothing is a [query](super::queries).

pub mod account;
mod changes;
mod erasure;
pub mod links;
pub mod maintenance;
mod new_passwords;
pub mod operator;
mod registration;
pub mod users;

pub use changes::Changes;
pub use erasure::Erasure;
pub use new_passwords::{NewPasswordError, NewPasswords};
use registration::Candidate;
pub use registration::{Registration, RegistrationError};
