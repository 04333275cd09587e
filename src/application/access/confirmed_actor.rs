use chrono::{DateTime, Utc};

use super::{Actor, ActorError, NotAuthenticated};
use crate::{
    application::{
        audit_trail::Provenance,
        ports::{StorageError, Transaction},
    },
    domain::{
        session::{AuthSession, AuthSessionId},
        user::{User, UserId},
    },
};

/// Proof of who acts in a transaction, required to record an event.
///
/// Only the functions here create one, so the compiler rejects a use case that does not confirm its actor.
#[derive(Clone, Debug)]
pub struct ConfirmedActor {
    user: Option<(UserId, Option<AuthSessionId>)>,
    provenance: Provenance,
}

/// A confirmed actor with their account and session, locked until the transaction ends.
#[derive(Debug)]
pub struct Confirmed {
    /// The proof.
    pub actor: ConfirmedActor,
    /// The actor's account.
    pub user: User,
    /// The session in which the actor acts.
    pub session: AuthSession,
}

impl ConfirmedActor {
    /// Reloads the actor, and locks their account and session until the transaction ends.
    ///
    /// Reading the body and hashing passwords takes seconds. Meanwhile the actor may have been logged out, inactivated
    /// or demoted.
    ///
    /// # Errors
    /// [`ActorError::NotAuthenticated`] if the user is inactive, or the session has ended or got another secret, or
    /// [`ActorError::Storage`].
    pub async fn confirm(
        transaction: &dyn Transaction,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Confirmed, ActorError> {
        let user = transaction.users().find_by_id_for_update(actor.id()).await?;
        let user = user.filter(User::is_active).ok_or(NotAuthenticated)?;
        let session = transaction
            .sessions()
            .find_live_for_update(actor.session_id(), now)
            .await?;
        let session = session
            .filter(|session| session.state().secret_digest == actor.secret_digest())
            .ok_or(NotAuthenticated)?;
        let actor = Self::new(&user, Some(session.id()), &actor.provenance);
        Ok(Confirmed { actor, user, session })
    }

    /// Ends the actor's session. Returns `None` if it had already ended.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn end_session(transaction: &dyn Transaction, actor: &Actor) -> Result<Option<Self>, StorageError> {
        let is_ended = transaction.sessions().delete(actor.session_id()).await?;
        Ok(is_ended.then(|| Self {
            user: Some((actor.id(), Some(actor.session_id()))),
            provenance: actor.provenance.clone(),
        }))
    }

    /// Returns the proof for a user who was just created or verified, and their session.
    pub fn new(user: &User, session_id: Option<AuthSessionId>, provenance: &Provenance) -> Self {
        Self {
            user: Some((user.id(), session_id)),
            provenance: provenance.clone(),
        }
    }

    /// Returns the proof for the operator, who can run the program on the database.
    pub fn operator() -> Self {
        Self {
            user: None,
            provenance: Provenance::default(),
        }
    }

    /// Returns the user and their session, or `None` for the operator.
    pub fn user(&self) -> Option<(UserId, Option<AuthSessionId>)> {
        self.user
    }

    /// Returns where the request comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}
