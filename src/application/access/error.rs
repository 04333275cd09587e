use thiserror::Error;

use crate::application::{ports::StorageError, throttle::Throttled};

/// The caller has no live session, or is inactive.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("You are not logged in, or your session has ended. Log in first.")]
pub struct NotAuthenticated;

/// Why an actor cannot make a change, whatever their role.
#[derive(Debug, Error)]
pub enum ActorError {
    /// The session has ended, or the actor is inactive.
    #[error(transparent)]
    NotAuthenticated(#[from] NotAuthenticated),
    /// The actor has made too many changes within a minute.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
