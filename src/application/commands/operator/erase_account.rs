use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::AuditAction,
        commands::Erasure,
        ports::{Clock, StorageError, UnitOfWork},
        views::UserView,
    },
    domain::user::{ActiveAccount, InvalidUsername, Username},
};

/// Erases any account for good.
///
/// - Open to the operator only.
/// - Deletes the account with all that hangs on it. The audit trail keeps the id, and loses the name and the addresses
///   from which the user acted.
/// - Keeps the username taken.
/// - Rejects an active account, and so the last active super admin, whom nobody can inactivate.
pub struct EraseAccount {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) erasure: Arc<Erasure>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why the account was not erased.
#[derive(Debug, Error)]
pub enum EraseAccountError {
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// No user has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The account is active.
    #[error(transparent)]
    ActiveAccount(#[from] ActiveAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EraseAccount {
    /// Executes the command. Returns the account as it was.
    ///
    /// # Errors
    /// See [`EraseAccountError`]; then nothing has changed.
    pub async fn execute(&self, username: &str) -> Result<UserView, EraseAccountError> {
        let username = Username::new(username)?;
        let transaction = self.unit_of_work.begin().await?;
        let user = transaction.users().find_for_update(&username).await?;
        let user = user.ok_or(EraseAccountError::UserNotFound)?;
        user.check_erasable()?;

        self.erasure.erase(transaction.as_ref(), &user).await?;
        let (operator, action) = (ConfirmedActor::operator(), AuditAction::EraseUser);
        self.audit
            .record(transaction.as_ref(), &operator, action, user.id(), self.clock.now())
            .await?;
        transaction.commit().await?;
        log::info!("the operator erased user {}", user.id());
        Ok(UserView::from(&user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    fn erase_account(world: &World) -> EraseAccount {
        EraseAccount {
            unit_of_work: world.store(),
            erasure: world.erasure(),
            audit: world.audit(),
            clock: world.clock(),
        }
    }

    #[tokio::test]
    async fn an_inactive_account_of_any_role_is_erased() {
        for role in Role::ALL {
            let mut alice = user("alice", role);
            alice.inactivate(alice.state().created_at);
            let world = World::with([alice.clone()]).await;
            erase_account(&world).execute("ALICE").await.unwrap();
            assert_eq!(world.user(alice.id()).await, None);
            assert!(world.is_erased("alice").await);
            assert_eq!(world.done(), [(AuditAction::EraseUser, alice.id())]);
        }
    }

    #[tokio::test]
    async fn active_unknown_and_impossible_accounts_are_rejected() {
        let alice = user("alice", Role::SuperAdmin);
        let world = World::with([alice.clone()]).await;
        let erase_account = erase_account(&world);
        let erase = async |username| erase_account.execute(username).await;
        assert!(matches!(erase("alice").await, Err(EraseAccountError::ActiveAccount(_))));
        assert!(matches!(erase("nobody").await, Err(EraseAccountError::UserNotFound)));
        assert!(matches!(erase("?").await, Err(EraseAccountError::InvalidUsername(_))));
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }
}
