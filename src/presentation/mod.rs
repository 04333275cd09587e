//! The entry points: [HTTP](http) for programs, [pages] for people, and the [command line](cli) for operators.
//!
//! An entry point turns its input into a request of a use case, calls that use case, and turns the result or error into
//! an answer. A rule that holds for several entry points belongs in the [`application`](crate::application). None of
//! them names the [`infrastructure`](crate::infrastructure). The pages use parts of `http`, and are not named by it.
//! All three show [addresses of one-time links](link_address).

pub mod cli;
pub mod http;
mod link_address;
pub mod pages;
