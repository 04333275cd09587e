use std::sync::Arc;

use chrono::TimeDelta;

use super::LoggedIn;
use crate::{
    application::{
        access::Actor,
        ports::{Clock, IssueError, PassToken, PassTokens},
    },
    domain::{secret::SecretDigest, session::SessionLifetime},
};

/// Issues a pass for the caller's session, by which [`VerifyCaller`](super::VerifyCaller) identifies the caller.
///
/// - Open to every authenticated caller, and to a user who has just logged in.
/// - The pass is never renewed, so it is valid for as long as the session could be. It ends with the session, and when
///   the session gets a new secret.
/// - Writes nothing.
pub struct IssuePass {
    pub(crate) pass_tokens: Arc<dyn PassTokens>,
    pub(crate) session_lifetime: SessionLifetime,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A pass, and how long it is valid at most.
#[derive(Debug)]
pub struct Pass {
    /// The token.
    pub token: PassToken,
    /// The time until the token expires.
    pub lifetime: TimeDelta,
}

impl IssuePass {
    /// Executes the command for the session of `actor`.
    ///
    /// # Errors
    /// [`IssueError`] if the token cannot be signed.
    pub fn execute(&self, actor: &Actor) -> Result<Pass, IssueError> {
        self.issue(&actor.secret_digest())
    }

    /// Executes the command for the session that a log-in has just begun.
    ///
    /// # Errors
    /// As for [`execute`](Self::execute).
    pub fn after_log_in(&self, logged_in: &LoggedIn) -> Result<Pass, IssueError> {
        self.issue(&logged_in.secret_digest)
    }

    fn issue(&self, secret: &SecretDigest) -> Result<Pass, IssueError> {
        let (now, lifetime) = (self.clock.now(), self.session_lifetime.absolute_ttl());
        let token = self.pass_tokens.issue(secret, now, now + lifetime)?;
        Ok(Pass { token, lifetime })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::{
            commands::account::LogInRequest,
            testing::{FakePassTokens, PASSWORD, World, provenance, user},
        },
        domain::user::Role,
    };

    #[tokio::test]
    async fn a_pass_names_the_session_of_the_caller_for_as_long_as_any_session_lives() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        let pass = world.issue_pass().execute(&session.actor).unwrap();
        assert_eq!(pass.lifetime, TimeDelta::minutes(150));
        let end = world.now() + pass.lifetime;
        let named = |now| FakePassTokens.verify(&pass.token, now);
        assert_eq!(named(end - TimeDelta::seconds(1)), Some(session.actor.secret_digest()));
        assert_eq!(named(end), None);
    }

    #[tokio::test]
    async fn a_log_in_can_be_followed_by_a_pass_at_once() {
        let world = World::with([user("alice", Role::User)]).await;
        let request = LogInRequest {
            username: "alice".into(),
            password: PASSWORD.into(),
            device_token: None,
            user_agent: None,
            provenance: provenance(),
        };
        let logged_in = world.log_in().execute(request).await.unwrap();
        let pass = world.issue_pass().after_log_in(&logged_in).unwrap();
        let verify_caller = world.verify_caller();
        let user = verify_caller.execute([], [pass.token], Role::User, provenance());
        assert_eq!(user.await.unwrap().id, logged_in.user.id);
    }
}
