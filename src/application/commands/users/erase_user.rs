use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError, NotAuthorized, Permission},
        audit_trail::AuditAction,
        commands::{Changes, Erasure},
        ports::StorageError,
    },
    domain::user::{ActiveAccount, Role, UserId},
};

/// Erases a user for good.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Deletes the account with all that hangs on it. The audit trail keeps the id, and loses the name and the addresses
///   from which the user acted.
/// - Keeps the username taken.
/// - Rejects other callers before it loads the user, so that they do not learn which ids exist.
/// - Rejects an active user.
pub struct EraseUser {
    pub(crate) changes: Arc<Changes>,
    pub(crate) erasure: Arc<Erasure>,
}

/// Why the user was not erased.
#[derive(Debug, Error)]
pub enum EraseUserError {
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// No user has the id.
    #[error("There is no such user.")]
    UserNotFound,
    /// The user is active.
    #[error(transparent)]
    ActiveAccount(#[from] ActiveAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EraseUser {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`EraseUserError`]; then nothing has changed.
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<(), EraseUserError> {
        let permission = Permission::Manage {
            role: Role::User,
            target: Some(id),
        };
        let action = AuditAction::EraseUser;
        self.changes.authorize(actor, action, permission)?;

        let change = self.changes.begin(actor, action).await?;
        change.authorize(permission)?;
        let user = change.transaction.users().find_by_id_for_update(id).await?;
        let user = user.ok_or(EraseUserError::UserNotFound)?;
        change.authorize(Permission::manage_user(&user))?;
        user.check_erasable()?;

        self.erasure.erase(change.transaction.as_ref(), &user).await?;
        change.commit(id).await?;
        log::info!("user {} erased user {id}", actor.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::User,
    };

    async fn erase_user(world: &World, role: Role, id: UserId) -> Result<(), EraseUserError> {
        let erase_user = EraseUser {
            changes: world.changes(),
            erasure: world.erasure(),
        };
        erase_user.execute(&world.actor(role), id).await
    }

    fn inactive(username: &str, role: Role) -> User {
        let mut user = user(username, role);
        user.inactivate(user.state().created_at);
        user
    }

    #[tokio::test]
    async fn an_inactive_user_is_gone_with_name_sessions_addresses_and_counts() {
        let world = World::new();
        let view = world.sign_up("alice").await;
        let mut alice = world.user(view.id).await.unwrap();
        let session = world.begin_session(&alice);
        let anothers = world.sign_up("brian").await;
        world.fail_to_log_in("alice").await;
        let buckets = world.throttle_bucket_count();
        alice.inactivate(world.now());
        world.store().replace_user(&alice);

        erase_user(&world, Role::Admin, view.id).await.unwrap();

        assert_eq!(world.user(view.id).await, None);
        assert!(world.is_erased("ALICE").await && !world.is_erased("brian").await);
        assert!(!world.is_live(&session).await);
        assert_eq!(world.throttle_bucket_count(), buckets - 1);
        let done = [
            (AuditAction::SignUp, view.id),
            (AuditAction::SignUp, anothers.id),
            (AuditAction::EraseUser, view.id),
        ];
        assert_eq!(world.done(), done);
        let has_address = Vec::from_iter(world.events().iter().map(|event| event.provenance.address.is_some()));
        assert_eq!(has_address, [false, true, true]);
    }

    #[tokio::test]
    async fn an_active_user_is_rejected() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let refusal = erase_user(&world, Role::Admin, alice.id()).await;
        assert!(matches!(refusal, Err(EraseUserError::ActiveAccount(_))));
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let world = World::new();
        let alice = inactive("alice", Role::User);
        world.store().replace_user(&alice);
        erase_user(&world, Role::Admin, alice.id()).await.unwrap();
        let refusal = erase_user(&world, Role::Admin, alice.id()).await;
        assert!(matches!(refusal, Err(EraseUserError::UserNotFound)));
    }

    #[rstest]
    #[case::user_by_user(Role::User, Role::User)]
    #[case::admin_by_admin(Role::Admin, Role::Admin)]
    #[case::super_admin_by_super_admin(Role::SuperAdmin, Role::SuperAdmin)]
    #[tokio::test]
    async fn others_are_rejected_and_nothing_changes(#[case] role: Role, #[case] target: Role) {
        let alice = inactive("alice", target);
        let world = World::with([alice.clone()]).await;
        let refusal = erase_user(&world, role, alice.id()).await;
        assert!(matches!(refusal, Err(EraseUserError::NotAuthorized(_))));
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn a_failure_to_commit_changes_nothing() {
        let alice = inactive("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        world.store().fail_commits();
        let refusal = erase_user(&world, Role::Admin, alice.id()).await;
        assert!(matches!(refusal, Err(EraseUserError::Storage(_))));
        assert_eq!(world.user(alice.id()).await, Some(alice));
        assert!(!world.is_erased("alice").await);
    }
}
