//! The one-time link, by which a user sets a password without knowing the current one: an invitation or a recovery.
//!
//! Whoever issues one never learns the password. Begin with [`OneTimeLink`].

mod entity;
mod kind;
mod lifetimes;
mod token;

pub use entity::{OneTimeLink, OneTimeLinkState};
pub use kind::LinkKind;
pub use lifetimes::LinkLifetimes;
pub use token::LinkToken;
