use std::sync::Arc;

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::AuditAction,
        commands::{
            Registration, RegistrationError,
            links::{IssuedLink, LinkIssue},
        },
        ports::UnitOfWork,
    },
    domain::user::Role,
};

/// Creates an account of any role without a password, and issues an invitation to it.
///
/// - Open to the operator only.
/// - A super admin is recorded as created, so that the creation of super admins is one action in the audit trail.
/// - Rejects a username that breaks a rule, and a name that is taken, whatever its case.
pub struct InviteUser {
    pub(crate) registration: Arc<Registration>,
    pub(crate) link_issue: Arc<LinkIssue>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) audit: Arc<Audit>,
}

impl InviteUser {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`RegistrationError`].
    pub async fn execute(&self, username: &str, role: Role) -> Result<IssuedLink, RegistrationError> {
        let user = self.registration.invite(username, role)?;
        let transaction = self.unit_of_work.begin().await?;
        self.registration.insert(transaction.as_ref(), &user).await?;
        let now = user.state().created_at;
        let link = self.link_issue.issue(transaction.as_ref(), &user, now).await?;
        let operator = ConfirmedActor::operator();
        let action = match role {
            Role::SuperAdmin => AuditAction::CreateSuperAdmin,
            Role::User | Role::Admin => AuditAction::InviteUser,
        };
        self.audit
            .record(transaction.as_ref(), &operator, action, user.id(), now)
            .await?;
        transaction.commit().await?;
        log::info!("the operator invited {role} {}", user.id());
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::link::LinkKind,
    };

    fn invite_user(world: &World) -> InviteUser {
        InviteUser {
            registration: world.registration(),
            link_issue: world.link_issue(),
            unit_of_work: world.store(),
            audit: world.audit(),
        }
    }

    #[rstest]
    #[case(Role::User, AuditAction::InviteUser)]
    #[case(Role::Admin, AuditAction::InviteUser)]
    #[case(Role::SuperAdmin, AuditAction::CreateSuperAdmin)]
    #[tokio::test]
    async fn an_account_of_any_role_is_invited(#[case] role: Role, #[case] action: AuditAction) {
        let world = World::new();
        let link = invite_user(&world).execute("alice", role).await.unwrap();
        assert_eq!(link.kind, LinkKind::Invitation);
        let shown = world.read_link(&link.token).await.unwrap();
        let alice = world.user(shown.user_id).await.unwrap();
        assert!(alice.is_invited() && alice.role() == role);
        assert_eq!(world.done(), [(action, alice.id())]);
        assert_eq!(world.hash_count(), 0);
    }

    #[tokio::test]
    async fn an_existing_account_is_left_alone() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let refusal = invite_user(&world).execute("Alice", Role::SuperAdmin).await;
        assert!(matches!(refusal, Err(RegistrationError::UsernameAlreadyExists)));
        assert_eq!(world.user(alice.id()).await, Some(alice));
        assert_eq!(world.link_count(), 0);
    }
}
