//! The write side: each command changes something, in one transaction, or refuses and changes nothing. What it did it writes
//! to the audit trail in the same transaction; what it refused is noted there.

pub mod account;
mod confirm_actor;
pub mod maintenance;
pub mod operator;
mod registration;
pub mod users;

pub use confirm_actor::{ConfirmActorError, LockActorError};
use registration::Candidate;
pub use registration::{Registration, RegistrationError};
