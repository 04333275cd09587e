use std::sync::Arc;

use super::manage_user::{ManageUserError, manage_user};
use crate::{
    application::{access::Actor, audit_trail::AuditAction, commands::Changes, views::UserView},
    domain::user::{Role, User},
};

/// Makes a user an admin.
///
/// - Open to super admins.
/// - Takes effect at the target's next request. The target's sessions go on.
/// - Idempotent: granting to an admin changes nothing.
/// - Rejects a super admin as the target, because that is a system account.
pub struct GrantAdmin {
    pub(crate) changes: Arc<Changes>,
}

impl GrantAdmin {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`ManageUserError`].
    pub async fn execute(&self, actor: &Actor, username: &str) -> Result<UserView, ManageUserError> {
        let what = (AuditAction::GrantAdmin, Role::Admin);
        manage_user(&self.changes, actor, username, what, User::grant_admin).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, user};

    async fn grant_admin(world: &World, role: Role, username: &str) -> Result<UserView, ManageUserError> {
        let grant_admin = GrantAdmin {
            changes: world.changes(),
        };
        grant_admin.execute(&world.actor(role), username).await
    }

    #[tokio::test]
    async fn a_user_becomes_admin_and_stays_logged_in() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        let view = grant_admin(&world, Role::SuperAdmin, "ALICE").await.unwrap();
        assert_eq!((view.role, view.updated_at), (Role::Admin, world.now()));
        assert_eq!(world.user(alice.id()).await.unwrap().role(), Role::Admin);
        assert!(world.is_live(&session).await);
    }

    #[tokio::test]
    async fn granting_again_changes_nothing() {
        let world = World::with([user("alice", Role::User)]).await;
        let first = grant_admin(&world, Role::SuperAdmin, "alice").await.unwrap();
        world.advance(TimeDelta::seconds(1));
        assert_eq!(grant_admin(&world, Role::SuperAdmin, "alice").await.unwrap(), first);
    }

    #[rstest]
    #[case::by_a_user(Role::User, "alice")]
    #[case::by_an_admin(Role::Admin, "alice")]
    #[case::by_an_admin_to_nobody(Role::Admin, "nobody")]
    #[case::to_a_super_admin(Role::SuperAdmin, "super")]
    #[tokio::test]
    async fn others_are_refused(#[case] role: Role, #[case] username: &str) {
        let world = World::with([user("alice", Role::User), user("super", Role::SuperAdmin)]).await;
        let refusal = grant_admin(&world, role, username).await;
        assert!(matches!(refusal, Err(ManageUserError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn invalid_and_unknown_names_have_different_errors() {
        let world = World::new();
        assert!(matches!(
            grant_admin(&world, Role::SuperAdmin, "?").await,
            Err(ManageUserError::InvalidUsername(_))
        ));
        assert!(matches!(
            grant_admin(&world, Role::SuperAdmin, "nobody").await,
            Err(ManageUserError::UserNotFound)
        ));
    }
}
