//! Who acts, and what they may do.
//!
//! An [`Actor`] is an authenticated caller, with the [`Credential`] that proved it. [`authorize`] decides whether the
//! actor has a [`Permission`]. A [`ConfirmedActor`] has been looked up again in the transaction that acts on its
//! authority; without one, nothing is recorded in the [audit trail](super::audit).

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
