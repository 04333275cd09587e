use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        Actor,
        audit::Audit,
        audit_trail::AuditAction,
        authorization::{NotAuthorized, Permission},
        commands::{ConfirmActorError, Registration, RegistrationError, confirm_actor::confirm_actor},
        ports::{Clock, StorageError, UnitOfWork},
        throttle::Throttle,
        views::UserView,
    },
    domain::user::Role,
};

/// Makes an account for somebody.
///
/// - Open to admins for users, to super admins for users and admins; nobody makes a super admin.
/// - Creates an active user, whether or not sign-up is enabled.
/// - The actor is confirmed in the transaction: logged out or demoted while the password was hashed, the actor is refused.
/// - Refuses a username or password that breaks a rule, and a name that is taken, whatever its case.
pub struct CreateUser {
    pub(crate) registration: Arc<Registration>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The user to create.
#[derive(Debug)]
pub struct CreateUserRequest {
    /// The username.
    pub username: String,
    /// The first password.
    pub password: SecretString,
    /// The role.
    pub role: Role,
}

/// Why the user was not created.
#[derive(Debug, Error)]
pub enum CreateUserError {
    /// The actor may not create users of this role.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may not do so any more.
    #[error(transparent)]
    Actor(#[from] ConfirmActorError),
    /// The registration was refused.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CreateUser {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`CreateUserError`] says; then nothing has changed.
    pub async fn execute(&self, actor: &Actor, request: CreateUserRequest) -> Result<UserView, CreateUserError> {
        let action = AuditAction::CreateUser;
        self.audit
            .authorize(actor, action, Permission::ManageRole(request.role))?;
        let candidate = self
            .registration
            .judge(actor.into(), &request.username, request.password.expose_secret())?;
        let user = self.registration.prepare(candidate, request.role).await?;

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        confirm_actor(
            transaction.as_ref(),
            &self.throttle,
            &self.audit,
            actor,
            action,
            request.role,
            now,
        )
        .await?;
        transaction
            .users()
            .insert(&user)
            .await
            .map_err(RegistrationError::from)?;
        self.audit
            .record(transaction.as_ref(), actor.into(), action, user.id(), now)
            .await?;
        transaction.commit().await?;
        log::info!("user {} created {} {}", actor.id(), user.role(), user.id());
        Ok(UserView::from(&user))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::{
        ports::HashClient,
        testing::{World, user},
    };

    async fn create_user(
        world: &World,
        actor: &Actor,
        username: &str,
        role: Role,
    ) -> Result<UserView, CreateUserError> {
        let create_user = CreateUser {
            registration: world.registration(),
            unit_of_work: world.store(),
            throttle: world.throttle(),
            audit: world.audit(),
            clock: world.clock(),
        };
        let request = CreateUserRequest {
            username: username.into(),
            password: "correct horse".into(),
            role,
        };
        create_user.execute(actor, request).await
    }

    #[rstest]
    #[case(Role::Admin, Role::User)]
    #[case(Role::SuperAdmin, Role::User)]
    #[case(Role::SuperAdmin, Role::Admin)]
    #[tokio::test]
    async fn a_user_of_a_lower_role_is_created(#[case] role: Role, #[case] created: Role) {
        let world = World::new();
        let actor = world.actor(role);
        let view = create_user(&world, &actor, "alice", created).await.unwrap();
        assert_eq!((view.role, view.is_active), (created, true));
        assert!(world.user(view.id).await.is_some());
        assert_eq!(world.password_hasher().clients(), [HashClient::User(actor.id())]);
    }

    #[rstest]
    #[case(Role::User, Role::User)]
    #[case(Role::Admin, Role::Admin)]
    #[case(Role::Admin, Role::SuperAdmin)]
    #[case(Role::SuperAdmin, Role::SuperAdmin)]
    #[tokio::test]
    async fn nobody_creates_equals_or_betters_and_the_name_is_not_even_judged(
        #[case] role: Role,
        #[case] created: Role,
    ) {
        let world = World::new();
        let actor = world.actor(role);
        let refusal = create_user(&world, &actor, "?", created).await;
        assert!(matches!(refusal, Err(CreateUserError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn a_name_that_is_taken_is_refused() {
        let world = World::with([user("alice", Role::User)]).await;
        let actor = world.actor(Role::Admin);
        let refusal = create_user(&world, &actor, "Alice", Role::User).await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Registration(RegistrationError::UsernameAlreadyExists))
        ));
    }

    #[tokio::test]
    async fn an_actor_who_is_logged_out_while_the_password_is_hashed_creates_nobody() {
        let world = World::new();
        let actor = world.actor(Role::SuperAdmin);
        world.while_hashing({
            let (store, session) = (world.store(), actor.session_id);
            move || store.remove_session(session)
        });
        let refusal = create_user(&world, &actor, "backdoor", Role::Admin).await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Actor(ConfirmActorError::NotAuthenticated))
        ));
        assert_eq!(world.user_count(), 1);
    }
}
