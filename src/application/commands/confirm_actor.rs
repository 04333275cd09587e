//! Whoever acts is looked at once more, in the transaction.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        Actor,
        audit::Audit,
        audit_trail::AuditAction,
        authorization::{NotAuthorized, Permission},
        ports::{StorageError, Transaction},
        throttle::{Throttle, Throttled},
        views::UserView,
    },
    domain::{
        session::AuthSession,
        user::{Role, User},
    },
};

/// The actor is no longer logged in, or makes too many changes.
#[derive(Debug, Error)]
pub enum LockActorError {
    /// The session has ended, or the actor is inactive.
    #[error("You are not logged in, or your session has ended. Log in first.")]
    NotAuthenticated,
    /// The actor has made too many changes within a minute.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The actor may no longer do what was permitted when the request began.
#[derive(Debug, Error)]
pub enum ConfirmActorError {
    /// The session has ended, or the actor is inactive.
    #[error("You are not logged in, or your session has ended. Log in first.")]
    NotAuthenticated,
    /// The actor's role does not permit it any more.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor has made too many changes within a minute.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<LockActorError> for ConfirmActorError {
    fn from(error: LockActorError) -> Self {
        match error {
            LockActorError::NotAuthenticated => Self::NotAuthenticated,
            LockActorError::Throttled(error) => Self::Throttled(error),
            LockActorError::Storage(error) => Self::Storage(error),
        }
    }
}

/// Looks at the actor again, in the transaction that is to act on the actor's authority, and returns the actor as of now.
/// The actor must stand above `managed`; if not any more, `audit` has that `action` is refused.
pub(super) async fn confirm_actor(
    transaction: &dyn Transaction,
    throttle: &Throttle,
    audit: &Audit,
    actor: &Actor,
    action: AuditAction,
    managed: Role,
    now: DateTime<Utc>,
) -> Result<Actor, ConfirmActorError> {
    let (user, session) = lock_actor(transaction, throttle, actor, now).await?;
    let actor = Actor {
        user: UserView::from(&user),
        session_id: session.id(),
        session_expires_at: session.expires_at(),
        provenance: actor.provenance.clone(),
    };
    audit.authorize(&actor, action, Permission::ManageRole(managed))?;
    Ok(actor)
}

/// The actor's own user and session, locked, if the user is still active and the session still lives. What follows is
/// counted as a change by `throttle`.
///
/// Between authentication and this moment lie the arrival of the body and the hashing of passwords: seconds, in which the
/// actor may have been logged out, inactivated or demoted. None of this can happen any more before the transaction ends.
pub(super) async fn lock_actor(
    transaction: &dyn Transaction,
    throttle: &Throttle,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(User, AuthSession), LockActorError> {
    throttle.spend_change(actor.id())?;
    let user = transaction.users().find_by_id_for_update(actor.id()).await?;
    let user = user
        .filter(|user| user.is_active())
        .ok_or(LockActorError::NotAuthenticated)?;
    let session = transaction
        .sessions()
        .find_live_for_update(actor.session_id, now)
        .await?;
    let session = session.ok_or(LockActorError::NotAuthenticated)?;
    Ok((user, session))
}
