use std::sync::Arc;

use super::change_account::{ChangeAccountError, ChangedAccount, change_account};
use crate::{
    application::ports::{Clock, UnitOfWork},
    domain::user::Username,
};

/// Lets any inactive user in again, a super admin too.
///
/// - Open to the operator only.
/// - Idempotent: reactivating an active user changes nothing.
pub struct Reactivate {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Reactivate {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`ChangeAccountError`] says; then nothing has changed.
    pub async fn execute(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let account = change_account(
            self.unit_of_work.as_ref(),
            self.clock.as_ref(),
            &Username::new(username)?,
            |user, now| Ok(user.reactivate(now)),
        )
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
            unit_of_work: world.store(),
            clock: world.clock(),
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
