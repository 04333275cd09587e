//! Gatehouse, a user-management backend, in layers that depend inwards only:
//!
//! - [`domain`]: what it is about;
//! - [`application`]: what it does, one use case a file;
//! - [`infrastructure`]: what it stands on: database, hashing, tokens, clock;
//! - [`presentation`]: the ways in: HTTP and the command line;
//! - [`setup`]: configuration, wiring and start; the only place that knows every layer.

pub mod application;
pub mod domain;
pub mod infrastructure;
pub mod presentation;
pub mod setup;
