use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use super::change_account::{ChangeAccount, ChangeAccountError, ChangedAccount};
use crate::{
    application::{
        audit_trail::AuditAction,
        commands::{NewPasswordError, NewPasswords},
        ports::{HashClient, HashingError, PasswordHasher},
    },
    domain::user::Username,
};

/// Sets the password of any user.
///
/// - Open to the operator only, without the current password.
/// - Ends all sessions of the user, and clears failed log-ins, so that a user whom guesses have locked out can log in.
/// - Rejects a password that is not [accepted](NewPasswords). It is open whether or not admins set passwords.
pub struct SetPassword {
    pub(crate) change_account: Arc<ChangeAccount>,
    pub(crate) new_passwords: Arc<NewPasswords>,
    pub(crate) password_hasher: Arc<dyn PasswordHasher>,
}

/// Why the password was not set.
#[derive(Debug, Error)]
pub enum SetPasswordError {
    /// The password was not accepted.
    #[error(transparent)]
    NewPassword(#[from] NewPasswordError),
    /// The password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The account cannot be changed.
    #[error(transparent)]
    Account(#[from] ChangeAccountError),
}

impl SetPassword {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`SetPasswordError`].
    pub async fn execute(&self, username: &str, password: &SecretString) -> Result<ChangedAccount, SetPasswordError> {
        let username = Username::new(username).map_err(ChangeAccountError::from)?;
        let password = self.new_passwords.check(password.expose_secret(), &username).await?;
        let password_hash = self.password_hasher.hash(HashClient::Operator, password).await?;
        let account = self
            .change_account
            .execute(username.as_str(), AuditAction::ChangePassword, |user, now| {
                user.change_password(password_hash, now);
                Ok(true)
            })
            .await?;
        Ok(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, hash_of, user},
        domain::user::Role,
    };

    fn set_password(world: &World) -> SetPassword {
        SetPassword {
            change_account: world.change_account(),
            new_passwords: world.new_passwords(),
            password_hasher: world.password_hasher(),
        }
    }

    #[tokio::test]
    async fn even_the_last_super_admin_gets_another_password_and_is_logged_out() {
        let alice = user("alice", Role::SuperAdmin);
        let world = World::with([alice.clone()]).await;
        world.begin_session(&alice);
        let account = set_password(&world)
            .execute("alice", &"battery staple".into())
            .await
            .unwrap();
        assert_eq!(account.ended_sessions, 1);
        let stored = world.user(alice.id()).await.unwrap();
        assert_eq!(stored.password_hash(), Some(&hash_of("battery staple")));
        assert_eq!(world.session_count(), 0);
    }

    #[tokio::test]
    async fn a_password_that_breaks_a_rule_and_an_unknown_user_are_refused() {
        let world = World::new();
        for password in ["short", "it's her, Alice"] {
            assert!(matches!(
                set_password(&world).execute("alice", &password.into()).await,
                Err(SetPasswordError::NewPassword(_))
            ));
        }
        assert!(matches!(
            set_password(&world).execute("alice", &"battery staple".into()).await,
            Err(SetPasswordError::Account(ChangeAccountError::UserNotFound))
        ));
    }
}
