use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        UserView,
        commands::{Registration, RegistrationError},
    },
    domain::user::Role,
};

/// Lets anyone make an account of their own.
///
/// - Open to everyone, while sign-up is enabled.
/// - Creates an active plain user; does not log in.
/// - Refuses a username or password that breaks a rule, and a name that is taken, whatever its case.
pub struct SignUp {
    pub(crate) registration: Arc<Registration>,
    pub(crate) enabled: bool,
}

/// The account to make.
#[derive(Debug)]
pub struct SignUpRequest {
    /// The username.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// Why the account was not made.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// Sign-up is disabled.
    #[error("Sign-up is closed. Ask an administrator for an account.")]
    Closed,
    /// The registration was refused.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
}

impl SignUp {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`SignUpError`] says; then nothing has changed.
    pub async fn execute(&self, request: SignUpRequest) -> Result<UserView, SignUpError> {
        if !self.enabled {
            return Err(SignUpError::Closed);
        }
        let user = self
            .registration
            .register(&request.username, request.password.expose_secret(), Role::User)
            .await?;
        log::info!("user {} signed up", user.id());
        Ok(UserView::from(&user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::testing::{World, user};

    fn sign_up(world: &World) -> SignUp {
        SignUp {
            registration: world.registration(),
            enabled: true,
        }
    }

    fn request(username: &str, password: &str) -> SignUpRequest {
        SignUpRequest {
            username: username.into(),
            password: password.into(),
        }
    }

    #[tokio::test]
    async fn a_stranger_becomes_an_active_plain_user() {
        let world = World::new();
        let view = sign_up(&world)
            .execute(request("Alice", "correct horse"))
            .await
            .unwrap();
        assert_eq!(
            (view.username.as_str(), view.role, view.is_active),
            ("Alice", Role::User, true)
        );
        assert_eq!(view.created_at, world.now());

        let stored = world.user(view.id).await.unwrap();
        assert_eq!(UserView::from(&stored), view);
        assert_eq!(world.session_count(), 0);
    }

    #[tokio::test]
    async fn a_name_that_is_taken_in_other_case_is_refused() {
        let world = World::with([user("alice", Role::User)]).await;
        let refusal = sign_up(&world).execute(request("ALICE", "correct horse")).await;
        assert!(matches!(
            refusal,
            Err(SignUpError::Registration(RegistrationError::UsernameAlreadyExists))
        ));
        assert_eq!(world.user_count(), 1);
    }

    #[tokio::test]
    async fn names_and_passwords_that_break_a_rule_are_refused() {
        let world = World::new();
        assert!(matches!(
            sign_up(&world).execute(request("a", "correct horse")).await,
            Err(SignUpError::Registration(RegistrationError::InvalidUsername(_)))
        ));
        assert!(matches!(
            sign_up(&world).execute(request("alice", "short")).await,
            Err(SignUpError::Registration(RegistrationError::InvalidPassword(_)))
        ));
        assert!(matches!(
            sign_up(&world).execute(request("alice", "it's me, Alice")).await,
            Err(SignUpError::Registration(RegistrationError::InvalidPassword(_)))
        ));
        assert_eq!(world.user_count(), 0);
    }

    #[tokio::test]
    async fn nobody_signs_up_while_it_is_closed() {
        let world = World::new();
        let closed = SignUp {
            enabled: false,
            ..sign_up(&world)
        };
        assert!(matches!(
            closed.execute(request("alice", "correct horse")).await,
            Err(SignUpError::Closed)
        ));
        assert_eq!(world.user_count(), 0);
    }

    #[tokio::test]
    async fn a_saturated_hasher_or_a_lost_database_leaves_no_user() {
        let world = World::new();
        world.saturate_hasher();
        assert!(matches!(
            sign_up(&world).execute(request("alice", "correct horse")).await,
            Err(SignUpError::Registration(RegistrationError::Hashing(_)))
        ));

        let world = World::new();
        world.store().fail();
        assert!(matches!(
            sign_up(&world).execute(request("alice", "correct horse")).await,
            Err(SignUpError::Registration(RegistrationError::Storage(_)))
        ));
    }
}
