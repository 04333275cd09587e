use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::{AuditAction, Provenance, RefusalReason},
        commands::{Candidate, Registration, RegistrationError},
        ports::{HashClient, StorageError, UnitOfWork},
        throttle::{Throttle, ThrottleSubject, Throttled},
        views::UserView,
    },
    domain::user::{Role, User},
};

/// Creates an account for the caller.
///
/// - Open to everyone while sign-up is enabled.
/// - Creates an active plain user, and does not log in.
/// - Rejects a username that breaks a rule, a password that is not
///   [accepted](crate::application::commands::NewPasswords), and a name that is or was taken, whatever its case.
/// - Rejects an attempt that comes too soon after others from the same network, before the password is hashed. Failures
///   caused by a full hash queue or by storage are not counted.
pub struct SignUp {
    pub(crate) registration: Arc<Registration>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) enabled: bool,
}

/// The account to create.
#[derive(Debug)]
pub struct SignUpRequest {
    /// The username.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// Where the request comes from.
    pub provenance: Provenance,
}

/// Why the account was not created.
#[derive(Debug, Error)]
pub enum SignUpError {
    /// Sign-up is disabled.
    #[error("Sign-up is closed. Ask an administrator for an account.")]
    Closed,
    /// Too many sign-ups came from the same network.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// The registration was rejected.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl SignUp {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`SignUpError`].
    pub async fn execute(&self, request: SignUpRequest) -> Result<UserView, SignUpError> {
        if !self.enabled {
            return Err(SignUpError::Closed);
        }
        let client = HashClient::anonymous(&request.provenance);
        let candidate = self
            .registration
            .check(client, &request.username, request.password.expose_secret())
            .await?;
        let subjects = ThrottleSubject::of_sign_up(request.provenance.address);
        let user = self
            .throttle
            .attempt(
                &subjects,
                async |_| self.register(candidate, &request.provenance).await,
                SignUpError::is_counted,
            )
            .await
            .inspect_err(|error| self.note_if_throttled(error, &request.provenance))?;
        log::info!("user {} signed up", user.id());
        Ok(UserView::from(&user))
    }

    async fn register(&self, candidate: Candidate, provenance: &Provenance) -> Result<User, SignUpError> {
        let user = self.registration.prepare(candidate, Role::User).await?;
        let transaction = self.unit_of_work.begin().await?;
        self.registration.insert(transaction.as_ref(), &user).await?;
        let (actor, now) = (ConfirmedActor::new(&user, None, provenance), user.state().created_at);
        self.audit
            .record(transaction.as_ref(), &actor, AuditAction::SignUp, user.id(), now)
            .await?;
        transaction.commit().await?;
        Ok(user)
    }

    fn note_if_throttled(&self, error: &SignUpError, provenance: &Provenance) {
        if let SignUpError::Throttled(_) = error {
            self.audit
                .refused_anonymous(provenance, AuditAction::SignUp, None, RefusalReason::Throttled);
        }
    }
}

impl SignUpError {
    /// Returns whether the failed attempt counts, because it cost a hash.
    fn is_counted(&self) -> bool {
        matches!(self, Self::Registration(RegistrationError::UsernameAlreadyExists))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::testing::{World, provenance, user};

    fn request(username: &str, password: &str) -> SignUpRequest {
        SignUpRequest {
            username: username.into(),
            password: password.into(),
            provenance: provenance(),
        }
    }

    #[tokio::test]
    async fn a_stranger_becomes_an_active_plain_user() {
        let world = World::new();
        let view = world
            .sign_up_use_case()
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
        let client = HashClient::anonymous(&provenance());
        assert_eq!(world.password_hasher().clients(), [client]);
    }

    #[tokio::test]
    async fn a_name_that_is_taken_in_other_case_is_refused() {
        let world = World::with([user("alice", Role::User)]).await;
        let refusal = world
            .sign_up_use_case()
            .execute(request("ALICE", "correct horse"))
            .await;
        assert!(matches!(
            refusal,
            Err(SignUpError::Registration(RegistrationError::UsernameAlreadyExists))
        ));
        assert_eq!(world.user_count(), 1);
    }

    #[tokio::test]
    async fn the_name_of_an_erased_user_is_refused() {
        let world = World::new();
        for (secret, name) in [(0, "alice"), (1, "brian")] {
            world.erase_username(name, secret).await;
            let refusal = world
                .sign_up_use_case()
                .execute(request(&name.to_uppercase(), "correct horse"))
                .await;
            assert!(matches!(
                refusal,
                Err(SignUpError::Registration(RegistrationError::UsernameAlreadyExists))
            ));
        }
        assert_eq!(world.user_count(), 0);
    }

    #[tokio::test]
    async fn names_and_passwords_that_break_a_rule_are_refused() {
        let world = World::new();
        assert!(matches!(
            world.sign_up_use_case().execute(request("a", "correct horse")).await,
            Err(SignUpError::Registration(RegistrationError::InvalidUsername(_)))
        ));
        assert!(matches!(
            world.sign_up_use_case().execute(request("alice", "short")).await,
            Err(SignUpError::Registration(RegistrationError::NewPassword(_)))
        ));
        assert!(matches!(
            world
                .sign_up_use_case()
                .execute(request("alice", "it's me, Alice"))
                .await,
            Err(SignUpError::Registration(RegistrationError::NewPassword(_)))
        ));
        assert_eq!(world.user_count(), 0);
    }

    #[tokio::test]
    async fn nobody_signs_up_while_it_is_closed() {
        let world = World::new();
        let closed = SignUp {
            enabled: false,
            ..world.sign_up_use_case()
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
            world
                .sign_up_use_case()
                .execute(request("alice", "correct horse"))
                .await,
            Err(SignUpError::Registration(RegistrationError::Hashing(_)))
        ));

        let world = World::new();
        world.store().fail();
        assert!(matches!(
            world
                .sign_up_use_case()
                .execute(request("alice", "correct horse"))
                .await,
            Err(SignUpError::Storage(_))
        ));
    }

    #[tokio::test]
    async fn sign_ups_from_one_place_that_come_too_soon_are_refused_before_anything_is_hashed() {
        let world = World::new();
        for number in 0..World::FREE_ATTEMPTS {
            let name = format!("alice{number}");
            world
                .sign_up_use_case()
                .execute(request(&name, "correct horse"))
                .await
                .unwrap();
        }
        let hashed = world.hash_count();
        let refusal = world
            .sign_up_use_case()
            .execute(request("brian", "correct horse"))
            .await;
        let Err(SignUpError::Throttled(throttled)) = refusal else {
            panic!("the sign-up is throttled")
        };
        assert_eq!(throttled.retry_after, World::FIRST_DELAY);
        assert_eq!(world.hash_count(), hashed);

        let elsewhere = SignUpRequest {
            provenance: Provenance {
                address: Some([192, 0, 2, 2].into()),
                request_id: None,
            },
            ..request("brian", "correct horse")
        };
        world.sign_up_use_case().execute(elsewhere).await.unwrap();
        world.advance(World::FIRST_DELAY);
        world
            .sign_up_use_case()
            .execute(request("carol", "correct horse"))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn names_that_are_taken_count_and_a_saturated_hasher_does_not() {
        let world = World::with([user("alice", Role::User)]).await;
        for _ in 0..World::FREE_ATTEMPTS {
            let refusal = world
                .sign_up_use_case()
                .execute(request("alice", "correct horse"))
                .await;
            assert!(matches!(refusal, Err(SignUpError::Registration(_))));
        }
        let refusal = world
            .sign_up_use_case()
            .execute(request("brian", "correct horse"))
            .await;
        assert!(matches!(refusal, Err(SignUpError::Throttled(_))));

        let world = World::new();
        world.saturate_hasher();
        for _ in 0..=World::FREE_ATTEMPTS {
            let refusal = world
                .sign_up_use_case()
                .execute(request("alice", "correct horse"))
                .await;
            assert!(matches!(
                refusal,
                Err(SignUpError::Registration(RegistrationError::Hashing(_)))
            ));
        }
    }
}
