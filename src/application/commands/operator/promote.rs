use std::sync::Arc;

use super::change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
use crate::{
    application::audit_trail::AuditAction,
    domain::user::{User, Username},
};

/// Makes an existing account a super admin.
///
/// - Open to the operator only.
/// - Ends all its sessions: whoever holds one was not trusted that far.
/// - Idempotent: promoting a super admin changes nothing.
/// - Refuses an inactive account.
pub struct Promote {
    pub(crate) change_account: Arc<ChangeAccount>,
}

impl Promote {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`ChangeAccountError`] says; then nothing has changed.
    pub async fn execute(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let username = Username::new(username)?;
        let account = self
            .change_account
            .execute(&username, AuditAction::Promote, User::promote_to_super_admin)
            .await?;
        if account.is_changed {
            log::info!("the operator promoted user {}", account.user.id);
        }
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    async fn promote(world: &World, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let promote = Promote {
            change_account: world.change_account(),
        };
        promote.execute(username).await
    }

    #[tokio::test]
    async fn an_active_account_becomes_super_admin_and_its_sessions_end() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        world.begin_session(&alice);
        let account = promote(&world, "alice").await.unwrap();
        assert_eq!(account.user.role, Role::SuperAdmin);
        assert_eq!(account.ended_sessions, 1);
        assert!(world.user(alice.id()).await.unwrap().is_active_super_admin());
        assert_eq!(world.session_count(), 0);
    }

    #[tokio::test]
    async fn promoting_again_changes_nothing() {
        let alice = user("alice", Role::SuperAdmin);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        assert!(!promote(&world, "alice").await.unwrap().is_changed);
        assert!(world.is_live(&session).await);
    }

    #[tokio::test]
    async fn inactive_unknown_and_impossible_accounts_are_refused() {
        let mut alice = user("alice", Role::User);
        alice.inactivate(chrono::DateTime::UNIX_EPOCH);
        let world = World::with([alice]).await;
        assert!(matches!(
            promote(&world, "alice").await,
            Err(ChangeAccountError::InactiveAccount(_))
        ));
        assert!(matches!(
            promote(&world, "nobody").await,
            Err(ChangeAccountError::UserNotFound)
        ));
        assert!(matches!(
            promote(&world, "?").await,
            Err(ChangeAccountError::InvalidUsername(_))
        ));
    }
}
