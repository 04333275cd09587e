//! The steps that every request goes through, one per file, combined in two layers, [`outer`] and [`inner`].
//!
//! A separate layer for each step would cost more than the step. Checks that depend on the operation, such as
//! authentication, are [extractors](super::extract).

pub mod access_log;
pub mod cors;
pub mod cors_headers;
pub mod head;
pub mod head_limits;
pub mod inner;
pub mod outer;
pub mod panics;
pub mod plain_path;
pub mod problems;
pub mod security_headers;
pub mod session_removal;
pub mod unlisted_proxy;
