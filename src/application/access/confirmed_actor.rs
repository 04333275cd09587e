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

/// Proof of who acts in a transaction, which recording an event requires.
///
/// Only the functions here make one, so a use case that forgets to confirm its actor does not compile.
#[derive(Clone, Debug)]
pub struct ConfirmedActor {
    user: Option<(UserId, Option<AuthSessionId>)>,
    provenance: Provenance,
}

/// A confirmed actor with their own account and session, both locked until the transaction ends.
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
    /// Looks the actor up again and locks their account and session.
    ///
    /// Between authentication and this moment lie the arrival of the body and the hashing of passwords: seconds, in which
    /// the actor may have been logged out, inactivated or demoted. None of this can happen until the transaction ends.
    ///
    /// # Errors
    /// [`ActorError::NotAuthenticated`] if the user is inactive or the session has ended, [`ActorError::Storage`].
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
        let session = session.ok_or(NotAuthenticated)?;
        let actor = Self::new(&user, Some(session.id()), &actor.provenance);
        Ok(Confirmed { actor, user, session })
    }

    /// Ends the session in which the actor acts. Returns `None` if it had ended before.
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

    /// Returns the proof for a user whose account has just been made or whose password has been verified, and the session
    /// that this begins, if it does.
    pub fn new(user: &User, session_id: Option<AuthSessionId>, provenance: &Provenance) -> Self {
        Self {
            user: Some((user.id(), session_id)),
            provenance: provenance.clone(),
        }
    }

    /// Returns the proof for the operator: whoever can start the program with the database.
    pub fn operator() -> Self {
        Self {
            user: None,
            provenance: Provenance::default(),
        }
    }

    /// Returns the user with the session in which they act; `None` for the operator.
    pub fn user(&self) -> Option<(UserId, Option<AuthSessionId>)> {
        self.user
    }

    /// Returns where the request comes from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}
