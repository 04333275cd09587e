//! Rules that span several values, and warnings about those that are allowed, but seldom meant.

pub mod consistency;
mod forward_auth;
pub mod secrets;
mod warnings;

pub use warnings::in_production;
