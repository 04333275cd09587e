use std::sync::Arc;

use super::manage_user::{ManageUserError, manage_user};
use crate::{
    application::{access::Actor, audit_trail::AuditAction, commands::Changes, views::UserView},
    domain::user::{Role, User},
};

/// Reactivates an inactive user, who can log in again.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Idempotent: reactivating an active user changes nothing.
/// - Rejects a super admin as the target, and the caller's own account.
pub struct ReactivateUser {
    pub(crate) changes: Arc<Changes>,
}

impl ReactivateUser {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`ManageUserError`].
    pub async fn execute(&self, actor: &Actor, username: &str) -> Result<UserView, ManageUserError> {
        let what = (AuditAction::ReactivateUser, Role::User);
        manage_user(&self.changes, actor, username, what, |user: &mut User, now| {
            Ok(user.reactivate(now))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, user};

    async fn reactivate_user(world: &World, role: Role, username: &str) -> Result<UserView, ManageUserError> {
        let reactivate_user = ReactivateUser {
            changes: world.changes(),
        };
        reactivate_user.execute(&world.actor(role), username).await
    }

    #[tokio::test]
    async fn an_inactive_user_becomes_active() {
        let mut alice = user("alice", Role::User);
        alice.inactivate(chrono::DateTime::UNIX_EPOCH);
        let world = World::with([alice.clone()]).await;
        let view = reactivate_user(&world, Role::Admin, "alice").await.unwrap();
        assert!(view.is_active);
        assert!(world.user(alice.id()).await.unwrap().is_active());
    }

    #[tokio::test]
    async fn reactivating_an_active_user_changes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        let view = reactivate_user(&world, Role::Admin, "alice").await.unwrap();
        assert_eq!(view, UserView::from(&alice));
        assert!(world.is_live(&session).await);
    }

    #[rstest]
    #[case::user_by_user(Role::User, "alice")]
    #[case::admin_by_admin(Role::Admin, "admin")]
    #[case::super_admin_by_super_admin(Role::SuperAdmin, "super")]
    #[tokio::test]
    async fn others_are_refused(#[case] role: Role, #[case] username: &str) {
        let world = World::with([
            user("alice", Role::User),
            user("admin", Role::Admin),
            user("super", Role::SuperAdmin),
        ])
        .await;
        let refusal = reactivate_user(&world, role, username).await;
        assert!(matches!(refusal, Err(ManageUserError::NotAuthorized(_))));
    }
}
