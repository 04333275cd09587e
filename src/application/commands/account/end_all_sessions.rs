use std::sync::Arc;

use thiserror::Error;

use crate::application::{
    Actor,
    audit::Audit,
    audit_trail::AuditAction,
    commands::{LockActorError, confirm_actor::lock_actor},
    ports::{Clock, StorageError, UnitOfWork},
    throttle::Throttle,
};

/// Logs the caller out everywhere.
///
/// - Open to every authenticated caller.
/// - Ends all of the caller's sessions, or all but the one in which the caller acts. A log-in at the same time has either
///   begun its session before, and it ends, or begins it afterwards.
/// - Leaves known devices known: the session alone, which may be stolen, must not shut its user out while strangers guess.
/// - Changes nothing if no session ends.
pub struct EndAllSessions {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What to end.
#[derive(Debug)]
pub struct EndAllSessionsRequest {
    /// Whether the session in which the caller acts goes on.
    pub keep_current: bool,
}

/// Why no session was ended.
#[derive(Debug, Error)]
pub enum EndAllSessionsError {
    /// The actor's own session has ended.
    #[error(transparent)]
    Actor(#[from] LockActorError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EndAllSessions {
    /// Executes the command.
    ///
    /// # Errors
    /// As [`EndAllSessionsError`] says; then no session has ended.
    pub async fn execute(&self, actor: &Actor, request: EndAllSessionsRequest) -> Result<(), EndAllSessionsError> {
        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        lock_actor(transaction.as_ref(), &self.throttle, actor, now).await?;
        let kept = request.keep_current.then_some(actor.session_id);
        let ended = transaction.sessions().delete_all_of(actor.id(), kept).await?;
        if ended == 0 {
            return Ok(());
        }
        self.audit
            .record(
                transaction.as_ref(),
                actor.into(),
                AuditAction::EndAllSessions,
                actor.id(),
                now,
            )
            .await?;
        transaction.commit().await?;
        log::info!("user {} ended {ended} of their sessions", actor.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    fn end_all_sessions(world: &World) -> EndAllSessions {
        EndAllSessions {
            unit_of_work: world.store(),
            throttle: world.throttle(),
            audit: world.audit(),
            clock: world.clock(),
        }
    }

    #[rstest]
    #[tokio::test]
    async fn all_of_ones_own_end_and_this_one_as_asked(#[values(true, false)] keep_current: bool) {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let [here, elsewhere] = [world.begin_session(&alice), world.begin_session(&alice)];
        let anothers = world.begin_session(&brian);
        let end_all_sessions = end_all_sessions(&world);

        let request = || EndAllSessionsRequest { keep_current };
        end_all_sessions.execute(&here.actor, request()).await.unwrap();
        assert_eq!(world.is_live(&here).await, keep_current);
        assert!(!world.is_live(&elsewhere).await);
        assert!(world.is_live(&anothers).await);

        let refusal = end_all_sessions.execute(&elsewhere.actor, request()).await;
        assert!(matches!(
            refusal,
            Err(EndAllSessionsError::Actor(LockActorError::NotAuthenticated))
        ));
        assert_eq!(world.is_live(&here).await, keep_current);
    }

    #[tokio::test]
    async fn where_no_session_ends_nothing_is_written() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let end_all_sessions = end_all_sessions(&world);
        world.store().fail_commits();
        let request = EndAllSessionsRequest { keep_current: true };
        end_all_sessions.execute(&here.actor, request).await.unwrap();
        assert_eq!(world.events(), []);
    }

    #[tokio::test]
    async fn devices_stay_known() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let end_all_sessions = end_all_sessions(&world);
        let request = EndAllSessionsRequest { keep_current: false };
        end_all_sessions.execute(&here.actor, request).await.unwrap();
        let stored = world.user(alice.id()).await.unwrap();
        assert_eq!(stored.credentials_generation(), alice.credentials_generation());
    }
}
