use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError, NotAuthorized, Permission},
        audit_trail::{AuditAction, RefusalReason},
        commands::{Changes, Registration, RegistrationError},
        ports::StorageError,
        views::UserView,
    },
    domain::user::Role,
};

/// Creates an account for another person.
///
/// - Open to admins for users, to super admins for users and admins. Nobody creates a super admin.
/// - Creates an active user, whether or not sign-up is enabled.
/// - Rejects an actor who was logged out or demoted while the password was hashed.
/// - Creates nobody unless admins set passwords: the actor would know the password. This is checked after the role, and
///   before anything in the request.
/// - Rejects a username that breaks a rule, a password that is not [accepted](crate::application::commands::NewPasswords),
///   and a name that is taken, whatever its case.
pub struct CreateUser {
    pub(crate) registration: Arc<Registration>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) admins_set_passwords: bool,
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
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Admins set no passwords.
    #[error("Nobody sets the password of somebody else here.")]
    PasswordSettingClosed,
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// The registration was rejected.
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
    /// See [`CreateUserError`].
    pub async fn execute(&self, actor: &Actor, request: CreateUserRequest) -> Result<UserView, CreateUserError> {
        let (action, permission) = (AuditAction::CreateUser, Permission::manage(request.role));
        self.changes.authorize(actor, action, permission)?;
        if !self.admins_set_passwords {
            let reason = RefusalReason::PasswordSettingClosed;
            self.changes.audit.refused(actor, action, None, reason);
            return Err(CreateUserError::PasswordSettingClosed);
        }
        let candidate = self
            .registration
            .check(actor.into(), &request.username, request.password.expose_secret())
            .await?;
        let user = self.registration.prepare(candidate, request.role).await?;

        let change = self.changes.begin(actor, action).await?;
        change.authorize(permission)?;
        let inserted = change.transaction.users().insert(&user).await;
        inserted.map_err(RegistrationError::from)?;
        change.commit(user.id()).await?;
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
            changes: world.changes(),
            admins_set_passwords: true,
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
    async fn nobody_creates_equal_or_higher_roles_and_the_name_is_not_checked(
        #[case] role: Role,
        #[case] created: Role,
    ) {
        let world = World::new();
        let actor = world.actor(role);
        let refusal = create_user(&world, &actor, "?", created).await;
        assert!(matches!(refusal, Err(CreateUserError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn where_admins_set_no_passwords_they_create_nobody_and_that_is_noted() {
        let world = World::new();
        let create_user = CreateUser {
            registration: world.registration(),
            changes: world.changes(),
            admins_set_passwords: false,
        };
        let request = |role| CreateUserRequest {
            username: "?".into(),
            password: "short".into(),
            role,
        };
        let actor = world.actor(Role::Admin);
        let refusal = create_user.execute(&actor, request(Role::User)).await;
        assert!(matches!(refusal, Err(CreateUserError::PasswordSettingClosed)));
        let [noted] = &world.refusals()[..] else {
            panic!("there is one refusal")
        };
        let reason = Some(RefusalReason::PasswordSettingClosed);
        assert_eq!((noted.action, noted.refusal), (AuditAction::CreateUser, reason));

        let refusal = create_user.execute(&actor, request(Role::Admin)).await;
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
            let (store, session) = (world.store(), actor.session_id());
            move || store.remove_session(session)
        });
        let refusal = create_user(&world, &actor, "backdoor", Role::Admin).await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Actor(ActorError::NotAuthenticated(_)))
        ));
        assert_eq!(world.user_count(), 1);
    }
}
