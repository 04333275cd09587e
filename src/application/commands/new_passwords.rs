use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::ports::{BreachCheckError, BreachedPasswords},
    domain::user::{InvalidPassword, PasswordPolicy, RawPassword, Username},
};

/// Accepts new passwords, for every command that sets one.
///
/// - Rejects a password that breaks a rule of the policy.
/// - After that, rejects one that is known from a data breach.
/// - Rejects every password while breached ones cannot be looked up, because NIST SP 800-63B-4 (3.1.1.2) allows no new
///   password without this comparison.
/// - Checks no attempt at an existing password, so that a new rule keeps nobody from logging in.
pub struct NewPasswords {
    pub(crate) policy: PasswordPolicy,
    /// Breached passwords, if they are configured.
    pub(crate) breached: Option<Arc<dyn BreachedPasswords>>,
}

/// Why a new password was not accepted.
#[derive(Debug, Error)]
pub enum NewPasswordError {
    /// It breaks a rule.
    #[error(transparent)]
    Invalid(#[from] InvalidPassword),
    /// Breached passwords could not be looked up.
    #[error(transparent)]
    Unchecked(#[from] BreachCheckError),
}

impl NewPasswords {
    /// Takes `text` as a new password of the user called `username`.
    ///
    /// # Errors
    /// See [`NewPasswordError`].
    pub(super) async fn check(&self, text: &str, username: &Username) -> Result<RawPassword, NewPasswordError> {
        let password = RawPassword::new(text, username, &self.policy)?;
        if let Some(breached) = &self.breached
            && breached.contains(&password).await?
        {
            return Err(InvalidPassword::Breached.into());
        }
        Ok(password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::testing::World;

    async fn check(world: &World, text: &str) -> Result<RawPassword, NewPasswordError> {
        let username = Username::new("alice").unwrap();
        world.new_passwords().check(text, &username).await
    }

    #[tokio::test]
    async fn a_breached_password_is_refused_and_any_other_is_accepted() {
        let world = World::new();
        world.breached_passwords().add("battery staple");
        let refusal = check(&world, "battery staple").await;
        assert!(matches!(
            refusal,
            Err(NewPasswordError::Invalid(InvalidPassword::Breached))
        ));
        check(&world, "correct horse").await.unwrap();
    }

    #[tokio::test]
    async fn a_password_that_breaks_a_rule_is_not_looked_up() {
        let world = World::new();
        for text in ["short", "it's her, Alice", "iloveyou"] {
            let refusal = check(&world, text).await;
            assert!(matches!(refusal, Err(NewPasswordError::Invalid(_))));
        }
        assert_eq!(world.breached_passwords().lookups(), 0);
    }

    #[tokio::test]
    async fn no_password_is_accepted_while_it_cannot_be_looked_up() {
        let world = World::new();
        world.breached_passwords().fail();
        let refusal = check(&world, "correct horse").await;
        assert!(matches!(refusal, Err(NewPasswordError::Unchecked(_))));
    }

    #[tokio::test]
    async fn without_a_list_the_policy_alone_decides() {
        let new_passwords = NewPasswords {
            policy: PasswordPolicy::new(8),
            breached: None,
        };
        let username = Username::new("alice").unwrap();
        new_passwords.check("correct horse", &username).await.unwrap();
        assert!(new_passwords.check("short", &username).await.is_err());
    }
}
