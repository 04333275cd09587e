use std::sync::Arc;

use super::change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
use crate::{application::audit_trail::AuditAction, domain::user::Username};

/// Makes any account, a super admin's too, a plain user's.
///
/// - Open to the operator only.
/// - Ends all its sessions.
/// - Idempotent: demoting a plain user changes nothing.
/// - Refuses the last active super admin.
pub struct Demote {
    pub(crate) change_account: Arc<ChangeAccount>,
}

impl Demote {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`ChangeAccountError`] says; then nothing has changed.
    pub async fn execute(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let username = Username::new(username)?;
        let account = self
            .change_account
            .execute(&username, AuditAction::Demote, |user, now| Ok(user.demote(now)))
            .await?;
        if account.is_changed {
            log::info!("the operator demoted user {}", account.user.id);
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

    async fn demote(world: &World, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let demote = Demote {
            change_account: world.change_account(),
        };
        demote.execute(username).await
    }

    #[tokio::test]
    async fn a_super_admin_becomes_a_plain_user_and_is_logged_out() {
        let alice = user("alice", Role::SuperAdmin);
        let world = World::with([alice.clone(), user("brian", Role::SuperAdmin)]).await;
        world.begin_session(&alice);
        let account = demote(&world, "alice").await.unwrap();
        assert_eq!(account.user.role, Role::User);
        assert_eq!(world.session_count(), 0);
    }

    #[tokio::test]
    async fn the_last_active_super_admin_is_refused() {
        let alice = user("alice", Role::SuperAdmin);
        let mut brian = user("brian", Role::SuperAdmin);
        brian.inactivate(chrono::DateTime::UNIX_EPOCH);
        let world = World::with([alice.clone(), brian]).await;
        let refusal = demote(&world, "alice").await;
        assert!(matches!(refusal, Err(ChangeAccountError::LastSuperAdmin)));
        assert!(world.user(alice.id()).await.unwrap().is_active_super_admin());
    }
}
