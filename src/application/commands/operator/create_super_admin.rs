use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::AuditAction,
        commands::{Registration, RegistrationError},
        ports::{HashClient, UnitOfWork},
        views::UserView,
    },
    domain::user::Role,
};

/// Creates a super admin.
///
/// - Open to the operator only.
/// - Rejects a username that breaks a rule, a password that is not
///   [accepted](crate::application::commands::NewPasswords), and a name that is or was taken, whatever its case.
pub struct CreateSuperAdmin {
    pub(crate) registration: Arc<Registration>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) audit: Arc<Audit>,
}

impl CreateSuperAdmin {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`RegistrationError`].
    pub async fn execute(&self, username: &str, password: &SecretString) -> Result<UserView, RegistrationError> {
        let candidate = self
            .registration
            .check(HashClient::Operator, username, password.expose_secret())
            .await?;
        let user = self.registration.prepare(candidate, Role::SuperAdmin).await?;

        let transaction = self.unit_of_work.begin().await?;
        self.registration.insert(transaction.as_ref(), &user).await?;
        let (operator, now) = (ConfirmedActor::operator(), user.state().created_at);
        let action = AuditAction::CreateSuperAdmin;
        self.audit
            .record(transaction.as_ref(), &operator, action, user.id(), now)
            .await?;
        transaction.commit().await?;
        log::info!("the operator created super admin {}", user.id());
        Ok(UserView::from(&user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::testing::{World, user};

    #[tokio::test]
    async fn a_super_admin_is_created() {
        let world = World::new();
        let create_super_admin = CreateSuperAdmin {
            registration: world.registration(),
            unit_of_work: world.store(),
            audit: world.audit(),
        };
        let view = create_super_admin
            .execute("alice", &"correct horse".into())
            .await
            .unwrap();
        assert!(world.user(view.id).await.unwrap().is_active_super_admin());
    }

    #[tokio::test]
    async fn an_existing_account_does_not_become_super_admin() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let create_super_admin = CreateSuperAdmin {
            registration: world.registration(),
            unit_of_work: world.store(),
            audit: world.audit(),
        };
        let refusal = create_super_admin.execute("Alice", &"correct horse".into()).await;
        assert!(matches!(refusal, Err(RegistrationError::UsernameAlreadyExists)));
        assert_eq!(world.user(alice.id()).await.unwrap().role(), Role::User);
    }
}
