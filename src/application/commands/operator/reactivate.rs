use std::sync::Arc;

use super::change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
use crate::{application::audit_trail::AuditAction, domain::user::Username};

/// Lets any inactive user in again, a super admin too.
///
/// - Open to the operator only.
/// - Idempotent: reactivating an active user changes nothing.
pub struct Reactivate {
    pub(crate) change_account: Arc<ChangeAccount>,
}

impl Reactivate {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`ChangeAccountError`] says; then nothing has changed.
    pub async fn execute(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let username = Username::new(username)?;
        let account = self
            .change_account
            .execute(&username, AuditAction::ReactivateUser, |user, now| {
                Ok(user.reactivate(now))
            })
            .await?;
        if account.is_changed {
            log::info!("the operator reactivated user {}", account.user.id);
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

    async fn reactivate(world: &World, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let reactivate = Reactivate {
            change_account: world.change_account(),
        };
        reactivate.execute(username).await
    }

    #[tokio::test]
    async fn an_inactive_super_admin_is_let_in_again() {
        let mut alice = user("alice", Role::SuperAdmin);
        alice.inactivate(chrono::DateTime::UNIX_EPOCH);
        let world = World::with([alice.clone()]).await;
        assert!(reactivate(&world, "alice").await.unwrap().user.is_active);
        assert!(world.user(alice.id()).await.unwrap().is_active());
    }
}
