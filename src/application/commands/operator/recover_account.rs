use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::AuditAction,
        commands::links::{IssuedLink, LinkIssue},
        ports::{Clock, StorageError, UnitOfWork},
    },
    domain::user::{InactiveAccount, InvalidUsername, Username},
};

/// Issues a one-time link to any user, even a super admin.
///
/// - Open to the operator only.
/// - Issues an invitation if no password was ever set, else a recovery link. It replaces a former link.
/// - Changes neither the password nor the sessions of the user: only redeeming the link does.
/// - Rejects an invalid username, a name that no user has, and an inactive user, whom no link would serve.
pub struct RecoverAccount {
    pub(crate) link_issue: Arc<LinkIssue>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why no link was issued.
#[derive(Debug, Error)]
pub enum RecoverAccountError {
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// No user has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The account is inactive.
    #[error(transparent)]
    InactiveAccount(#[from] InactiveAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RecoverAccount {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`RecoverAccountError`].
    pub async fn execute(&self, username: &str) -> Result<IssuedLink, RecoverAccountError> {
        let username = Username::new(username)?;
        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let user = transaction.users().find_for_update(&username).await?;
        let user = user.ok_or(RecoverAccountError::UserNotFound)?;
        user.check_active()?;
        let link = self.link_issue.issue(transaction.as_ref(), &user, now).await?;
        let (operator, action) = (ConfirmedActor::operator(), AuditAction::IssueLink);
        self.audit
            .record(transaction.as_ref(), &operator, action, user.id(), now)
            .await?;
        transaction.commit().await?;
        log::info!("the operator issued a link to user {}", user.id());
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::testing::{World, invited, user},
        domain::{
            link::LinkKind,
            user::{Role, User},
        },
    };

    fn recover_account(world: &World) -> RecoverAccount {
        RecoverAccount {
            link_issue: world.link_issue(),
            unit_of_work: world.store(),
            audit: world.audit(),
            clock: world.clock(),
        }
    }

    #[rstest]
    #[case(user("alice", Role::SuperAdmin), LinkKind::Recovery)]
    #[case(invited("alice", Role::User), LinkKind::Invitation)]
    #[tokio::test]
    async fn a_link_to_anybody_is_issued(#[case] alice: User, #[case] kind: LinkKind) {
        let world = World::with([alice.clone()]).await;
        let link = recover_account(&world).execute("ALICE").await.unwrap();
        assert_eq!(link.kind, kind);
        assert_eq!(world.read_link(&link.token).await.unwrap().user_id, alice.id());
        assert_eq!(world.done(), [(AuditAction::IssueLink, alice.id())]);
        assert_eq!(world.user(alice.id()).await, Some(alice));
    }

    #[tokio::test]
    async fn an_inactive_account_gets_none() {
        let mut alice = user("alice", Role::SuperAdmin);
        alice.inactivate(alice.state().created_at);
        let world = World::with([alice]).await;
        let refusal = recover_account(&world).execute("alice").await;
        assert!(matches!(refusal, Err(RecoverAccountError::InactiveAccount(_))));
        assert_eq!(world.link_count(), 0);
    }

    #[tokio::test]
    async fn an_unknown_or_impossible_name_is_rejected() {
        let world = World::new();
        let refusal = recover_account(&world).execute("nobody").await;
        assert!(matches!(refusal, Err(RecoverAccountError::UserNotFound)));
        let refusal = recover_account(&world).execute("no").await;
        assert!(matches!(refusal, Err(RecoverAccountError::InvalidUsername(_))));
    }
}
