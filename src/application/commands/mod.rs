//! The write side: each command changes something, in one transaction, or refuses and changes nothing.

pub mod account;
pub mod operator;
mod registration;
pub mod users;

pub use registration::{Registration, RegistrationError};
