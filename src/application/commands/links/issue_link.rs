use std::sync::Arc;

use thiserror::Error;

use super::{IssuedLink, LinkIssue};
use crate::{
    application::{
        access::{Actor, ActorError, NotAuthorized, Permission},
        audit_trail::AuditAction,
        commands::Changes,
        ports::StorageError,
    },
    domain::user::{InactiveAccount, Role, UserId},
};

/// Issues a one-time link to a user, by which the user sets a password that nobody else learns.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Issues an invitation if no password was ever set, else a recovery link. It replaces a former link.
/// - Changes neither the password nor the sessions of the user: only redeeming the link does.
/// - Rejects an inactive user, whom no link would serve.
/// - Rejects other callers before it loads the user, so that they do not learn which ids exist.
pub struct IssueLink {
    pub(crate) link_issue: Arc<LinkIssue>,
    pub(crate) changes: Arc<Changes>,
}

/// Why no link was issued or withdrawn.
#[derive(Debug, Error)]
pub enum ManageLinkError {
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// No user has the id.
    #[error("There is no such user.")]
    UserNotFound,
    /// The user is inactive, and so no link was issued.
    #[error(transparent)]
    InactiveAccount(#[from] InactiveAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl IssueLink {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`ManageLinkError`].
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<IssuedLink, ManageLinkError> {
        let permission = Permission::Manage {
            role: Role::User,
            target: Some(id),
        };
        let action = AuditAction::IssueLink;
        self.changes.authorize(actor, action, permission)?;

        let change = self.changes.begin(actor, action).await?;
        change.authorize(permission)?;
        let user = change.transaction.users().find_by_id_for_update(id).await?;
        let user = user.ok_or(ManageLinkError::UserNotFound)?;
        change.authorize(Permission::manage_user(&user))?;
        user.check_active()?;

        let transaction = change.transaction.as_ref();
        let link = self.link_issue.issue(transaction, &user, change.now).await?;
        change.commit(id).await?;
        log::info!("user {} issued a link to user {id}", actor.id());
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::testing::{World, invited, user},
        domain::link::LinkKind,
    };

    async fn issue(world: &World, role: Role, id: UserId) -> Result<IssuedLink, ManageLinkError> {
        world.issue_link().execute(&world.actor(role), id).await
    }

    #[tokio::test]
    async fn the_kind_follows_from_whether_there_is_a_password_and_nothing_else_changes() {
        let (alice, brian) = (user("alice", Role::User), invited("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let session = world.begin_session(&alice);
        for (target, kind) in [(&alice, LinkKind::Recovery), (&brian, LinkKind::Invitation)] {
            let link = issue(&world, Role::Admin, target.id()).await.unwrap();
            assert_eq!(link.kind, kind);
            assert_eq!(link.expires_at, world.now() + world.link_lifetimes().of(kind));
            assert_eq!(world.user(target.id()).await.as_ref(), Some(target));
        }
        assert!(world.is_live(&session).await);
        let issued = |user: &crate::domain::user::User| (AuditAction::IssueLink, user.id());
        assert_eq!(world.done(), [issued(&alice), issued(&brian)]);
    }

    #[tokio::test]
    async fn another_link_replaces_the_first() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let first = issue(&world, Role::Admin, alice.id()).await.unwrap();
        let second = issue(&world, Role::Admin, alice.id()).await.unwrap();
        assert!(world.read_link(&first.token).await.is_err());
        assert!(world.read_link(&second.token).await.is_ok());
    }

    #[tokio::test]
    async fn an_inactive_user_gets_none() {
        let mut alice = user("alice", Role::User);
        alice.inactivate(alice.state().created_at);
        let world = World::with([alice.clone()]).await;
        let refusal = issue(&world, Role::Admin, alice.id()).await;
        assert!(matches!(refusal, Err(ManageLinkError::InactiveAccount(_))));
        assert_eq!(world.link_count(), 0);
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let nobody = user("nobody", Role::User).id();
        let refusal = issue(&World::new(), Role::Admin, nobody).await;
        assert!(matches!(refusal, Err(ManageLinkError::UserNotFound)));
    }

    #[rstest]
    #[case::user_by_user(Role::User, Some(Role::User))]
    #[case::nobody_by_user(Role::User, None)]
    #[case::admin_by_admin(Role::Admin, Some(Role::Admin))]
    #[case::super_admin_by_super_admin(Role::SuperAdmin, Some(Role::SuperAdmin))]
    #[tokio::test]
    async fn others_are_rejected_and_no_link_is_issued(#[case] role: Role, #[case] target: Option<Role>) {
        let alice = user("alice", target.unwrap_or(Role::User));
        let world = World::with(target.map(|_| alice.clone())).await;
        let refusal = issue(&world, role, alice.id()).await;
        assert!(matches!(refusal, Err(ManageLinkError::NotAuthorized(_))));
        assert_eq!(world.link_count(), 0);
    }
}
