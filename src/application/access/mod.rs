//! Authentication and authorization of callers.
//!
//! An [`Actor`] is an authenticated caller, with the [`Credential`] that proved it. [`authorize`] checks whether the
//! actor has a [`Permission`]. A [`ConfirmedActor`] was reloaded in the transaction of its change; without one, nothing
//! can be recorded in the [audit trail](super::audit).

mod actor;
mod confirmed_actor;
mod credential;
mod error;
mod permission;

pub use actor::Actor;
pub use confirmed_actor::{Confirmed, ConfirmedActor};
pub use credential::Credential;
pub use error::{ActorError, NotAuthenticated};
pub use permission::{NotAuthorized, Permission, authorize};
