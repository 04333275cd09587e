use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError},
        audit_trail::AuditAction,
        commands::Changes,
        ports::StorageError,
    },
    domain::session::AuthSessionId,
};

/// Ends one of the caller's own sessions.
///
/// - Open to every authenticated caller.
/// - Ends only that session, which may be the current one.
/// - Rejects a session of another user in the same way as one that does not exist.
pub struct EndSession {
    pub(crate) changes: Arc<Changes>,
}

/// Why the session was not ended.
#[derive(Debug, Error)]
pub enum EndSessionError {
    /// The actor's own session has ended.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// The actor has no live session of that id.
    #[error("You have no such session, or it has ended already.")]
    SessionNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EndSession {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`EndSessionError`].
    pub async fn execute(&self, actor: &Actor, id: AuthSessionId) -> Result<(), EndSessionError> {
        let change = self.changes.begin(actor, AuditAction::EndSession).await?;
        let sessions = change.transaction.sessions();
        let session = sessions.find_live_for_update(id, change.now).await?;
        session
            .filter(|session| session.state().user_id == actor.id())
            .ok_or(EndSessionError::SessionNotFound)?;
        sessions.delete(id).await?;
        change.commit(actor.id()).await?;
        log::info!("user {} ended session {id}", actor.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    fn end_session(world: &World) -> EndSession {
        EndSession {
            changes: world.changes(),
        }
    }

    #[tokio::test]
    async fn the_session_ends_and_no_other() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let [here, elsewhere] = [world.begin_session(&alice), world.begin_session(&alice)];
        let end_session = end_session(&world);

        let actor = &here.actor;
        end_session.execute(actor, elsewhere.actor.session_id()).await.unwrap();
        assert!(world.is_live(&here).await && !world.is_live(&elsewhere).await);

        end_session.execute(actor, actor.session_id()).await.unwrap();
        assert!(!world.is_live(&here).await);
        let refusal = end_session.execute(actor, actor.session_id()).await;
        assert!(matches!(
            refusal,
            Err(EndSessionError::Actor(ActorError::NotAuthenticated(_)))
        ));
    }

    #[tokio::test]
    async fn sessions_of_others_and_ended_ones_are_not_found() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let expired = world.begin_session(&alice);
        world.advance(TimeDelta::minutes(60));
        let (here, anothers) = (world.begin_session(&alice), world.begin_session(&brian));
        for id in [expired.actor.session_id(), anothers.actor.session_id()] {
            let refusal = end_session(&world).execute(&here.actor, id).await;
            assert!(matches!(refusal, Err(EndSessionError::SessionNotFound)));
        }
        assert!(world.is_live(&anothers).await);
    }

    #[tokio::test]
    async fn a_failure_to_commit_ends_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        world.store().fail_commits();
        let refusal = end_session(&world).execute(&here.actor, here.actor.session_id()).await;
        assert!(matches!(refusal, Err(EndSessionError::Storage(_))));
        assert!(world.is_live(&here).await);
    }
}
