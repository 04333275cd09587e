use std::sync::Arc;

use super::ManageLinkError;
use crate::{
    application::{
        access::{Actor, Permission},
        audit_trail::AuditAction,
        commands::Changes,
    },
    domain::user::{Role, UserId},
};

/// Withdraws the one-time link of a user.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Changes nothing if the user has no link.
/// - Rejects other callers before it loads the user, so that they do not learn which ids exist.
pub struct WithdrawLink {
    pub(crate) changes: Arc<Changes>,
}

impl WithdrawLink {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`ManageLinkError`].
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<(), ManageLinkError> {
        let permission = Permission::Manage {
            role: Role::User,
            target: Some(id),
        };
        let action = AuditAction::WithdrawLink;
        self.changes.authorize(actor, action, permission)?;

        let change = self.changes.begin(actor, action).await?;
        change.authorize(permission)?;
        let user = change.transaction.users().find_by_id_for_update(id).await?;
        let user = user.ok_or(ManageLinkError::UserNotFound)?;
        change.authorize(Permission::manage_user(&user))?;

        if change.transaction.links().delete_of(id).await? {
            change.commit(id).await?;
            log::info!("user {} withdrew the link of user {id}", actor.id());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, user};

    async fn withdraw(world: &World, role: Role, id: UserId) -> Result<(), ManageLinkError> {
        let withdraw_link = WithdrawLink {
            changes: world.changes(),
        };
        withdraw_link.execute(&world.actor(role), id).await
    }

    #[tokio::test]
    async fn a_withdrawn_link_is_unknown_and_a_second_time_writes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        let before = world.done().len();
        for _ in 0..2 {
            withdraw(&world, Role::Admin, alice.id()).await.unwrap();
            assert!(world.read_link(&token).await.is_err());
            assert_eq!(world.done()[before..], [(AuditAction::WithdrawLink, alice.id())]);
        }
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let nobody = user("nobody", Role::User).id();
        let refusal = withdraw(&World::new(), Role::Admin, nobody).await;
        assert!(matches!(refusal, Err(ManageLinkError::UserNotFound)));
    }

    #[rstest]
    #[case::user_by_user(Role::User, Role::User)]
    #[case::admin_by_admin(Role::Admin, Role::Admin)]
    #[tokio::test]
    async fn others_are_rejected_and_the_link_stays(#[case] role: Role, #[case] target: Role) {
        let alice = user("alice", target);
        let world = World::with([alice.clone()]).await;
        let token = world.link_to(&alice).await;
        let refusal = withdraw(&world, role, alice.id()).await;
        assert!(matches!(refusal, Err(ManageLinkError::NotAuthorized(_))));
        assert!(world.read_link(&token).await.is_ok());
    }
}
