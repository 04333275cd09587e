use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        audit::Audit,
        audit_trail::AuditAction,
        ports::{Clock, StorageError, UnitOfWork},
    },
    domain::user::{InvalidUsername, Username},
};

/// Logs a user out everywhere.
///
/// - Open to the operator only.
/// - Ends all sessions of the user, who may log in again at once, and makes the user's known devices unknown.
pub struct RevokeSessions {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why no session was ended.
#[derive(Debug, Error)]
pub enum RevokeSessionsError {
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// Nobody has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RevokeSessions {
    /// Executes the command. Returns how many sessions ended.
    ///
    /// # Errors
    /// As [`RevokeSessionsError`] says; then no session has ended.
    pub async fn execute(&self, username: &str) -> Result<u64, RevokeSessionsError> {
        let username = Username::new(username)?;
        let transaction = self.unit_of_work.begin().await?;
        let mut user = transaction
            .users()
            .find_for_update(&username)
            .await?
            .ok_or(RevokeSessionsError::UserNotFound)?;
        let ended = transaction.sessions().delete_all_of(user.id(), None).await?;
        user.revoke_credentials();
        transaction.users().save(&user).await?;
        let (action, now) = (AuditAction::EndUserSessions, self.clock.now());
        self.audit
            .record(transaction.as_ref(), self.audit.operator(), action, user.id(), now)
            .await?;
        transaction.commit().await?;
        log::info!("the operator ended {ended} sessions of user {}", user.id());
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    #[tokio::test]
    async fn all_sessions_of_the_user_end_and_nobody_elses() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        world.begin_session(&alice);
        world.begin_session(&alice);
        let anothers = world.begin_session(&brian);
        let revoke_sessions = RevokeSessions {
            unit_of_work: world.store(),
            audit: world.audit(),
            clock: world.clock(),
        };
        assert_eq!(revoke_sessions.execute("alice").await.unwrap(), 2);
        let stored = world.user(alice.id()).await.unwrap();
        assert_ne!(stored.credentials_generation(), alice.credentials_generation());
        assert!(world.is_live(&anothers).await);
        assert!(matches!(
            revoke_sessions.execute("nobody").await,
            Err(RevokeSessionsError::UserNotFound)
        ));
    }
}
