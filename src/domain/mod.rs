//! What Gatehouse is about: users and their roles, the sessions in which they are logged in, the one-time links by
//! which they set a password, and how often somebody may try to log in.
//!
//! Each has a folder with its entity, which nothing changes but itself, and the values that it is made of. A value that
//! exists is valid. This layer depends on nothing outside itself. It is pure and synchronous: time, randomness and
//! stored state are arguments, so that every rule can be read and tested on its own.
//!
//! Whatever takes a port, the caller, or more than one entity is a use case of the [`application`](crate::application).
//! [`access`](crate::application::access) decides who may do what.

pub(crate) mod id;
pub mod link;
pub(crate) mod redacted;
pub mod secret;
pub mod session;
pub mod throttle;
pub mod user;
