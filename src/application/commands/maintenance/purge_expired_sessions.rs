use std::sync::Arc;

use thiserror::Error;

use crate::application::ports::{Clock, StorageError, UnitOfWork};

/// Removes a batch of expired sessions, which nothing opens any more.
///
/// - Open to the server itself only.
/// - Removes few enough at a time to be done in a moment, and nothing while another node is at it: neither requests nor nodes
///   wait for it.
pub struct PurgeExpiredSessions {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why no session was removed.
#[derive(Debug, Error)]
pub enum PurgeExpiredSessionsError {
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PurgeExpiredSessions {
    /// How many sessions are removed at the most.
    pub const BATCH: u64 = 1000;

    /// Executes the command. Returns how many sessions were removed: a whole [`BATCH`](Self::BATCH) if more may be left.
    ///
    /// # Errors
    /// As [`PurgeExpiredSessionsError`] says; then no session was removed.
    pub async fn execute(&self) -> Result<u64, PurgeExpiredSessionsError> {
        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let purged = transaction.sessions().delete_expired(Self::BATCH, now).await?;
        transaction.commit().await?;
        Ok(purged)
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

    fn purge_expired_sessions(world: &World) -> PurgeExpiredSessions {
        PurgeExpiredSessions {
            unit_of_work: world.store(),
            clock: world.clock(),
        }
    }

    #[tokio::test]
    async fn what_has_expired_is_removed_batch_by_batch_and_what_lives_is_left() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        for _ in 0..=PurgeExpiredSessions::BATCH {
            world.begin_session(&alice);
        }
        world.advance(TimeDelta::minutes(60));
        let here = world.begin_session(&alice);
        for purged in [PurgeExpiredSessions::BATCH, 1, 0] {
            assert_eq!(purge_expired_sessions(&world).execute().await.unwrap(), purged);
        }
        assert!(world.is_live(&here).await);
    }

    #[tokio::test]
    async fn a_failure_to_commit_removes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        world.begin_session(&alice);
        world.advance(TimeDelta::minutes(60));
        world.store().fail_commits();
        let refusal = purge_expired_sessions(&world).execute().await;
        assert!(matches!(refusal, Err(PurgeExpiredSessionsError::Storage(_))));
        assert_eq!(world.session_count(), 1);
    }
}
