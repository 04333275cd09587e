use std::sync::Arc;

use chrono::TimeDelta;

use crate::{
    application::{
        access::Actor,
        ports::{Clock, IssueError, PassToken, PassTokens},
    },
    domain::session::SessionLifetime,
};

/// Issues a pass for the caller's session, by which [`VerifyCaller`](super::VerifyCaller) identifies the caller.
///
/// - Open to every authenticated caller.
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
        let (now, lifetime) = (self.clock.now(), self.session_lifetime.absolute_ttl());
        let token = self.pass_tokens.issue(&actor.secret_digest(), now, now + lifetime)?;
        Ok(Pass { token, lifetime })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{FakePassTokens, World, user},
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
}
