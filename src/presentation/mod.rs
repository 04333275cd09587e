//! The entry points: HTTP, and the command line.
//!
//! An entry point turns its input into a request of a use case, calls that one use case, and turns the result or error
//! into an answer. A rule that holds for both entry points belongs in the [`application`](crate::application). Neither
//! names the [`infrastructure`](crate::infrastructure).

pub mod cli;
pub mod http;
pub mod pages;
