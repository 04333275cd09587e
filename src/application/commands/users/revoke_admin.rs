use std::sync::Arc;

use super::manage_user::{ManageUserError, manage_user};
use crate::{
    application::{access::Actor, audit_trail::AuditAction, commands::Changes, views::UserView},
    domain::user::{Role, User},
};

/// Makes an admin a plain user.
///
/// - Open to super admins.
/// - Takes effect at the target's next request. The target's sessions go on.
/// - Idempotent: revoking from a plain user changes nothing.
/// - Rejects a super admin as the target, because that is a system account.
pub struct RevokeAdmin {
    pub(crate) changes: Arc<Changes>,
}

impl RevokeAdmin {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`ManageUserError`].
    pub async fn execute(&self, actor: &Actor, username: &str) -> Result<UserView, ManageUserError> {
        let what = (AuditAction::RevokeAdmin, Role::Admin);
        manage_user(&self.changes, actor, username, what, User::revoke_admin).await
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, user};

    async fn revoke_admin(world: &World, role: Role, username: &str) -> Result<UserView, ManageUserError> {
        let revoke_admin = RevokeAdmin {
            changes: world.changes(),
        };
        revoke_admin.execute(&world.actor(role), username).await
    }

    #[tokio::test]
    async fn an_admin_becomes_a_plain_user() {
        let alice = user("alice", Role::Admin);
        let world = World::with([alice.clone()]).await;
        let view = revoke_admin(&world, Role::SuperAdmin, "alice").await.unwrap();
        assert_eq!((view.role, view.updated_at), (Role::User, world.now()));
        assert_eq!(world.user(alice.id()).await.unwrap().role(), Role::User);
    }

    #[tokio::test]
    async fn revoking_from_a_plain_user_changes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let view = revoke_admin(&world, Role::SuperAdmin, "alice").await.unwrap();
        assert_eq!(view, UserView::from(&alice));
    }

    #[rstest]
    #[case::by_a_user(Role::User, "alice")]
    #[case::by_an_admin(Role::Admin, "alice")]
    #[case::from_a_super_admin(Role::SuperAdmin, "super")]
    #[tokio::test]
    async fn others_are_refused(#[case] role: Role, #[case] username: &str) {
        let world = World::with([user("alice", Role::Admin), user("super", Role::SuperAdmin)]).await;
        let refusal = revoke_admin(&world, role, username).await;
        assert!(matches!(refusal, Err(ManageUserError::NotAuthorized(_))));
    }
}
