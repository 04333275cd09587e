//! What is wrong with the values together, and what is accepted, but seldom meant.

pub mod consistency;
pub mod secrets;
mod warnings;

pub use warnings::in_production;
