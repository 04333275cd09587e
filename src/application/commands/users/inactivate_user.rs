use std::sync::Arc;

use super::manage_user::{ManageUserError, manage_user};
use crate::{
    application::{access::Actor, audit_trail::AuditAction, commands::Changes, views::UserView},
    domain::user::{Role, User},
};

/// Inactivates a user, who can no longer log in.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Ends all sessions of the user in the same transaction.
/// - Idempotent: inactivating an inactive user changes nothing.
/// - Rejects a super admin as the target, and the caller's own account.
pub struct InactivateUser {
    pub(crate) changes: Arc<Changes>,
}

impl InactivateUser {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`ManageUserError`].
    pub async fn execute(&self, actor: &Actor, username: &str) -> Result<UserView, ManageUserError> {
        let what = (AuditAction::InactivateUser, Role::User);
        manage_user(&self.changes, actor, username, what, |user: &mut User, now| {
            Ok(user.inactivate(now))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, user};

    async fn inactivate_user(world: &World, role: Role, username: &str) -> Result<UserView, ManageUserError> {
        let inactivate_user = InactivateUser {
            changes: world.changes(),
        };
        inactivate_user.execute(&world.actor(role), username).await
    }

    #[tokio::test]
    async fn the_user_becomes_inactive_and_all_sessions_of_the_user_end() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let theirs = [world.begin_session(&alice), world.begin_session(&alice)];
        let anothers = world.begin_session(&brian);

        let view = inactivate_user(&world, Role::Admin, "alice").await.unwrap();
        assert!(!view.is_active);
        assert!(!world.user(alice.id()).await.unwrap().is_active());
        assert!(!world.is_live(&theirs[0]).await && !world.is_live(&theirs[1]).await);
        assert!(world.is_live(&anothers).await);
    }

    #[tokio::test]
    async fn inactivating_again_changes_nothing() {
        let world = World::with([user("alice", Role::User)]).await;
        let first = inactivate_user(&world, Role::Admin, "alice").await.unwrap();
        world.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(inactivate_user(&world, Role::Admin, "alice").await.unwrap(), first);
    }

    #[rstest]
    #[case::user_by_user(Role::User, "alice")]
    #[case::nobody_by_user(Role::User, "nobody")]
    #[case::admin_by_admin(Role::Admin, "admin")]
    #[case::super_admin_by_admin(Role::Admin, "super")]
    #[case::super_admin_by_super_admin(Role::SuperAdmin, "super")]
    #[tokio::test]
    async fn others_are_refused(#[case] role: Role, #[case] username: &str) {
        let world = World::with([
            user("alice", Role::User),
            user("admin", Role::Admin),
            user("super", Role::SuperAdmin),
        ])
        .await;
        let refusal = inactivate_user(&world, role, username).await;
        assert!(matches!(refusal, Err(ManageUserError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn a_failure_to_commit_changes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        world.store().fail_commits();
        let refusal = inactivate_user(&world, Role::Admin, "alice").await;
        assert!(matches!(refusal, Err(ManageUserError::Storage(_))));
        assert!(world.user(alice.id()).await.unwrap().is_active());
        assert!(world.is_live(&session).await);
    }
}
