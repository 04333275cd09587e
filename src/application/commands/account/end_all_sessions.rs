use std::sync::Arc;

use crate::application::{
    access::{Actor, ActorError},
    audit_trail::AuditAction,
    commands::Changes,
};

/// Logs the caller out everywhere.
///
/// - Open to every authenticated caller.
/// - Ends all of the caller's sessions, or all but the current one. If the caller logs in at the same time, the new
///   session begins either before, and ends too, or afterwards.
/// - Keeps known devices. Otherwise a thief of the session could lock the user out while strangers guess.
/// - Changes nothing if no session ends.
pub struct EndAllSessions {
    pub(crate) changes: Arc<Changes>,
}

impl EndAllSessions {
    /// Executes the command. With `keep_current` the current session goes on.
    ///
    /// # Errors
    /// See [`ActorError`].
    pub async fn execute(&self, actor: &Actor, keep_current: bool) -> Result<(), ActorError> {
        let change = self.changes.begin(actor, AuditAction::EndAllSessions).await?;
        let kept = keep_current.then_some(actor.session_id());
        let ended = change.transaction.sessions().delete_all_of(actor.id(), kept).await?;
        if ended == 0 {
            return Ok(());
        }
        change.commit(actor.id()).await?;
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
            changes: world.changes(),
        }
    }

    #[rstest]
    #[tokio::test]
    async fn all_own_sessions_end_and_the_current_one_if_requested(#[values(true, false)] keep_current: bool) {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let [here, elsewhere] = [world.begin_session(&alice), world.begin_session(&alice)];
        let anothers = world.begin_session(&brian);
        let end_all_sessions = end_all_sessions(&world);

        end_all_sessions.execute(&here.actor, keep_current).await.unwrap();
        assert_eq!(world.is_live(&here).await, keep_current);
        assert!(!world.is_live(&elsewhere).await);
        assert!(world.is_live(&anothers).await);

        let refusal = end_all_sessions.execute(&elsewhere.actor, keep_current).await;
        assert!(matches!(refusal, Err(ActorError::NotAuthenticated(_))));
        assert_eq!(world.is_live(&here).await, keep_current);
    }

    #[tokio::test]
    async fn nothing_is_written_if_no_session_ends() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let end_all_sessions = end_all_sessions(&world);
        world.store().fail_commits();
        end_all_sessions.execute(&here.actor, true).await.unwrap();
        assert_eq!(world.events(), []);
    }

    #[tokio::test]
    async fn devices_stay_known() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let here = world.begin_session(&alice);
        let end_all_sessions = end_all_sessions(&world);
        end_all_sessions.execute(&here.actor, false).await.unwrap();
        let stored = world.user(alice.id()).await.unwrap();
        assert_eq!(stored.credentials_generation(), alice.credentials_generation());
    }
}
