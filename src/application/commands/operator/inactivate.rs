use std::sync::Arc;

use super::change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
use crate::{application::audit_trail::AuditAction, domain::user::Username};

/// Shuts any user out, a super admin too.
///
/// - Open to the operator only.
/// - Ends all sessions of the user.
/// - Idempotent: inactivating an inactive user changes nothing.
/// - Refuses the last active super admin.
pub struct Inactivate {
    pub(crate) change_account: Arc<ChangeAccount>,
}

impl Inactivate {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`ChangeAccountError`] says; then nothing has changed.
    pub async fn execute(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let username = Username::new(username)?;
        let account = self
            .change_account
            .execute(&username, AuditAction::InactivateUser, |user, now| {
                Ok(user.inactivate(now))
            })
            .await?;
        if account.is_changed {
            log::info!("the operator inactivated user {}", account.user.id);
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

    async fn inactivate(world: &World, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let inactivate = Inactivate {
            change_account: world.change_account(),
        };
        inactivate.execute(username).await
    }

    #[tokio::test]
    async fn a_super_admin_is_shut_out_and_logged_out() {
        let alice = user("alice", Role::SuperAdmin);
        let world = World::with([alice.clone(), user("brian", Role::SuperAdmin)]).await;
        world.begin_session(&alice);
        let account = inactivate(&world, "alice").await.unwrap();
        assert!(!account.user.is_active);
        assert_eq!(world.session_count(), 0);
    }

    #[tokio::test]
    async fn the_last_active_super_admin_is_refused() {
        let alice = user("alice", Role::SuperAdmin);
        let mut brian = user("brian", Role::SuperAdmin);
        brian.inactivate(chrono::DateTime::UNIX_EPOCH);
        let world = World::with([alice.clone(), brian]).await;
        let refusal = inactivate(&world, "alice").await;
        assert!(matches!(refusal, Err(ChangeAccountError::LastSuperAdmin)));
        assert!(world.user(alice.id()).await.unwrap().is_active_super_admin());
    }
}
