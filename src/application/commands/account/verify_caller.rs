use std::sync::Arc;

use thiserror::Error;

use super::{SessionCheck, session_check::SessionCheckError};
use crate::{
    application::{
        access::{NotAuthenticated, NotAuthorized, Permission},
        audit::Audit,
        audit_trail::{AuditAction, Provenance},
        ports::{AccessToken, AccessTokens, Clock, PassToken, PassTokens, StorageError},
        views::UserView,
    },
    domain::user::Role,
};

/// The maximum number of sessions that are tried per request.
const MAX_SESSIONS: usize = 4;

/// Tells a proxy who the caller of a guarded service is.
///
/// - Open to every caller with the token of a session or a pass.
/// - Takes several of both, and goes by the first that belongs to a live session.
/// - Rejects tokens that are forged or have expired, without a query, and otherwise runs one query for each token, four
///   at most.
/// - Requires a role, or a higher one.
/// - [Checks](SessionCheck) the session, which records its use and extends it. It issues no new token, because a proxy
///   does not hand it to the client.
/// - No other use case accepts a pass, and this one returns no actor: a pass permits nothing but this.
pub struct VerifyCaller {
    pub(crate) session_check: Arc<SessionCheck>,
    pub(crate) access_tokens: Arc<dyn AccessTokens>,
    pub(crate) pass_tokens: Arc<dyn PassTokens>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why a caller is not let through.
#[derive(Debug, Error)]
pub enum VerifyCallerError {
    /// No token belongs to a live session of an active user.
    #[error(transparent)]
    NotAuthenticated(#[from] NotAuthenticated),
    /// The role of the caller is too low.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl VerifyCaller {
    /// Executes the command for a request from `provenance`, and returns the caller.
    ///
    /// # Errors
    /// See [`VerifyCallerError`].
    pub async fn execute(
        &self,
        tokens: impl IntoIterator<Item = AccessToken>,
        passes: impl IntoIterator<Item = PassToken>,
        least_role: Role,
        provenance: Provenance,
    ) -> Result<UserView, VerifyCallerError> {
        let now = self.clock.now();
        let of_tokens = tokens.into_iter().filter_map(|token| {
            let token = self.access_tokens.verify(&token)?;
            (now < token.expires_at).then(|| token.secret.digest())
        });
        let of_passes = passes
            .into_iter()
            .filter_map(|pass| self.pass_tokens.verify(&pass, now));
        // A pass is verified only if no token before it counts.
        for secret in of_tokens.chain(of_passes).take(MAX_SESSIONS) {
            let session = match self.session_check.check(secret, now).await {
                Ok(session) => session,
                Err(SessionCheckError::NotAuthenticated(_)) => continue,
                Err(SessionCheckError::Storage(error)) => return Err(error.into()),
            };
            let actor = session.into_actor(provenance);
            self.audit
                .authorize(&actor, AuditAction::VerifyCaller, Permission::HaveRole(least_role))?;
            return Ok(actor.user);
        }
        Err(NotAuthenticated.into())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rstest::rstest;

    use super::*;
    use crate::{
        application::{
            commands::account::ChangePasswordRequest,
            testing::{PASSWORD, TestSession, World, provenance, user},
        },
        domain::user::User,
    };

    fn pass_of(world: &World, session: &TestSession) -> PassToken {
        world.issue_pass().execute(&session.actor).unwrap().token
    }

    async fn verify_pass(world: &World, pass: &PassToken) -> Result<UserView, VerifyCallerError> {
        let verify_caller = world.verify_caller();
        verify_caller
            .execute([], [pass.clone()], Role::User, provenance())
            .await
    }

    /// A world with one user and their session.
    async fn one_user() -> (World, User, TestSession) {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let session = world.begin_session(&alice);
        (world, alice, session)
    }

    #[tokio::test]
    async fn a_session_and_a_pass_identify_the_same_user() {
        let (world, alice, session) = one_user().await;
        let verify_caller = world.verify_caller();
        let by_session = verify_caller.execute([session.token.clone()], [], Role::User, provenance());
        assert_eq!(by_session.await.unwrap(), UserView::from(&alice));
        let by_pass = verify_pass(&world, &pass_of(&world, &session)).await;
        assert_eq!(by_pass.unwrap(), UserView::from(&alice));
        assert_eq!(world.refusals(), []);
    }

    #[tokio::test]
    async fn the_first_token_of_a_live_session_counts() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let ended = world.begin_session(&alice);
        world.store().remove_session(ended.actor.session_id());
        let live = world.begin_session(&brian);
        let verify_caller = world.verify_caller();
        for (tokens, passes) in [
            (
                vec![AccessToken::new("forged"), ended.token.clone(), live.token.clone()],
                vec![],
            ),
            (
                vec![ended.token.clone()],
                vec![
                    PassToken::new("forged"),
                    pass_of(&world, &ended),
                    pass_of(&world, &live),
                ],
            ),
        ] {
            let caller = verify_caller.execute(tokens, passes, Role::User, provenance()).await;
            assert_eq!(caller.unwrap().id, brian.id());
        }
        let caller = verify_caller
            .execute(
                [ended.token.clone()],
                [pass_of(&world, &ended)],
                Role::User,
                provenance(),
            )
            .await;
        assert!(matches!(caller, Err(VerifyCallerError::NotAuthenticated(_))));
    }

    #[tokio::test]
    async fn forged_passes_do_not_displace_the_right_one() {
        let (world, alice, session) = one_user().await;
        let forged = (0..50).map(|number| PassToken::new(format!("forged {number}")));
        let passes = forged.chain([pass_of(&world, &session)]);
        let verified = world
            .verify_caller()
            .execute([], passes, Role::User, provenance())
            .await;
        assert_eq!(verified.unwrap(), UserView::from(&alice));
    }

    #[tokio::test]
    async fn forged_tokens_cost_no_query() {
        let world = World::new();
        world.store().fail();
        let verify_caller = world.verify_caller();
        let refusal = verify_caller.execute(
            [AccessToken::new("forged")],
            [PassToken::new("forged")],
            Role::User,
            provenance(),
        );
        assert!(matches!(refusal.await, Err(VerifyCallerError::NotAuthenticated(_))));
    }

    #[rstest]
    fn a_role_is_required(
        #[values(Role::User, Role::Admin, Role::SuperAdmin)] role: Role,
        #[values(Role::User, Role::Admin, Role::SuperAdmin)] least_role: Role,
    ) {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(async {
                let alice = user("alice", role);
                let world = World::with([alice.clone()]).await;
                let session = world.begin_session(&alice);
                let verify_caller = world.verify_caller();
                let outcome = verify_caller
                    .execute([session.token], [], least_role, provenance())
                    .await;
                assert_eq!(outcome.is_ok(), role >= least_role);
                let refusals = world.refusals();
                assert_eq!(refusals.len(), usize::from(role < least_role));
                for refusal in refusals {
                    assert_eq!(refusal.action, AuditAction::VerifyCaller);
                    assert_eq!(refusal.actor.user_id(), Some(alice.id()));
                    assert_eq!(refusal.target_id, None);
                }
            });
    }

    #[tokio::test]
    async fn the_use_of_a_pass_extends_the_session_until_its_absolute_end() {
        let (world, _, session) = one_user().await;
        let pass = pass_of(&world, &session);
        for _ in 0..3 {
            world.advance(TimeDelta::minutes(49));
            verify_pass(&world, &pass).await.unwrap();
        }
        assert_eq!(
            world.store().sessions()[0].expires_at(),
            session.actor.session_expires_at() + TimeDelta::minutes(90)
        );
        world.advance(TimeDelta::minutes(3));
        let refusal = verify_pass(&world, &pass).await;
        assert!(matches!(refusal, Err(VerifyCallerError::NotAuthenticated(_))));
    }

    #[tokio::test]
    async fn a_pass_ends_with_its_session_and_with_the_activity_of_its_user() {
        let (world, mut alice, session) = one_user().await;
        let pass = pass_of(&world, &session);
        alice.inactivate(world.now());
        world.store().replace_user(&alice);
        let refusal = verify_pass(&world, &pass).await;
        assert!(matches!(refusal, Err(VerifyCallerError::NotAuthenticated(_))));

        let (world, _, session) = one_user().await;
        let pass = pass_of(&world, &session);
        world.store().remove_session(session.actor.session_id());
        let refusal = verify_pass(&world, &pass).await;
        assert!(matches!(refusal, Err(VerifyCallerError::NotAuthenticated(_))));
    }

    #[tokio::test]
    async fn a_pass_ends_when_its_session_gets_another_secret() {
        let (world, _, session) = one_user().await;
        let pass = pass_of(&world, &session);
        let request = ChangePasswordRequest {
            username: "alice".into(),
            password: "a new and better one".into(),
            current_password: Some(PASSWORD.into()),
        };
        let changed = world.change_password().execute(&session.actor, request).await.unwrap();
        let refusal = verify_pass(&world, &pass).await;
        assert!(matches!(refusal, Err(VerifyCallerError::NotAuthenticated(_))));
        let by_session = world
            .verify_caller()
            .execute(changed, [], Role::User, provenance())
            .await;
        assert!(by_session.is_ok());
    }

    #[tokio::test]
    async fn a_change_of_role_affects_the_next_request() {
        let mut alice = user("alice", Role::Admin);
        let world = World::with([alice.clone()]).await;
        let pass = pass_of(&world, &world.begin_session(&alice));
        alice.revoke_admin(world.now()).unwrap();
        world.store().replace_user(&alice);
        let verify_caller = world.verify_caller();
        let refusal = verify_caller.execute([], [pass], Role::Admin, provenance()).await;
        assert!(matches!(refusal, Err(VerifyCallerError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn a_lost_database_is_not_taken_for_a_missing_log_in() {
        let (world, _, session) = one_user().await;
        let pass = pass_of(&world, &session);
        world.store().fail();
        let refusal = verify_pass(&world, &pass).await;
        assert!(matches!(refusal, Err(VerifyCallerError::Storage(_))));
    }
}
