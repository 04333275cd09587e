//! The ways in: HTTP, and the command line.
//!
//! A way in turns what came into a request of a use case, calls that one use case, and turns what it returns, or
//! refuses, into an answer. Whatever holds for both ways is a rule, and belongs into the
//! [`application`](crate::application). Neither names the [`infrastructure`](crate::infrastructure).

pub mod cli;
pub mod http;
