use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        Actor, UserView,
        authorization::{NotAuthorized, Permission, authorize},
        commands::{Registration, RegistrationError},
    },
    domain::user::Role,
};

/// Makes an account for somebody.
///
/// - Open to admins for users, to super admins for users and admins; nobody makes a super admin.
/// - Creates an active user, whether or not sign-up is enabled.
/// - Refuses a username or password that breaks a rule, and a name that is taken in whatever case.
pub struct CreateUser {
    pub(crate) registration: Arc<Registration>,
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
    /// The registration was refused.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
}

impl CreateUser {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`CreateUserError`] says; then nothing has changed.
    pub async fn execute(&self, actor: &Actor, request: CreateUserRequest) -> Result<UserView, CreateUserError> {
        authorize(actor, Permission::ManageRole(request.role))?;
        let user = self
            .registration
            .register(&request.username, request.password.expose_secret(), request.role)
            .await?;
        log::info!("user {} created {} {}", actor.id(), user.role(), user.id());
        Ok(UserView::from(&user))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, actor, user};

    fn request(username: &str, role: Role) -> CreateUserRequest {
        CreateUserRequest {
            username: username.into(),
            password: "correct horse".into(),
            role,
        }
    }

    #[rstest]
    #[case(Role::Admin, Role::User)]
    #[case(Role::SuperAdmin, Role::User)]
    #[case(Role::SuperAdmin, Role::Admin)]
    #[tokio::test]
    async fn a_user_of_a_lower_role_comes_into_being(#[case] role: Role, #[case] created: Role) {
        let world = World::new();
        let create_user = CreateUser {
            registration: world.registration(),
        };
        let view = create_user
            .execute(&actor(role), request("alice", created))
            .await
            .unwrap();
        assert_eq!((view.role, view.is_active), (created, true));
        assert!(world.user(view.id).await.is_some());
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
        let create_user = CreateUser {
            registration: world.registration(),
        };
        let refusal = create_user.execute(&actor(role), request("?", created)).await;
        assert!(matches!(refusal, Err(CreateUserError::NotAuthorized(_))));
        assert_eq!(world.user_count(), 0);
    }

    #[tokio::test]
    async fn a_name_that_is_taken_is_refused() {
        let world = World::with([user("alice", Role::User)]).await;
        let create_user = CreateUser {
            registration: world.registration(),
        };
        let refusal = create_user
            .execute(&actor(Role::Admin), request("Alice", Role::User))
            .await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Registration(RegistrationError::UsernameAlreadyExists))
        ));
    }
}
