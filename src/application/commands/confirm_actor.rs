use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        Actor, UserView,
        authorization::{NotAuthorized, Permission, authorize},
        ports::{StorageError, Transaction},
    },
    domain::user::Role,
};

/// The actor may no longer do what was permitted when the request began.
#[derive(Debug, Error)]
pub enum ConfirmActorError {
    /// The session has ended, or the actor is inactive.
    #[error("Your session has ended. Log in first.")]
    NotAuthenticated,
    /// The actor's role does not permit it any more.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Looks at the actor again, in the transaction that is to act on the actor's authority, and returns the actor as of now.
///
/// Between authentication and this moment lie the arrival of the body and the hashing of passwords: seconds, in which the
/// actor may have been logged out, inactivated or demoted. The rows stay locked, so that none of this can happen before the
/// transaction ends. The actor must stand above `managed`.
pub(super) async fn confirm_actor(
    transaction: &dyn Transaction,
    actor: &Actor,
    managed: Role,
    now: DateTime<Utc>,
) -> Result<Actor, ConfirmActorError> {
    let user = transaction.users().find_by_id_for_update(actor.id()).await?;
    let user = user
        .filter(|user| user.is_active())
        .ok_or(ConfirmActorError::NotAuthenticated)?;
    let session = transaction
        .sessions()
        .find_live_for_update(actor.session_id, now)
        .await?;
    let session = session.ok_or(ConfirmActorError::NotAuthenticated)?;
    let actor = Actor {
        user: UserView::from(&user),
        session_id: session.id(),
        session_expires_at: session.expires_at(),
    };
    authorize(&actor, Permission::ManageRole(managed))?;
    Ok(actor)
}
