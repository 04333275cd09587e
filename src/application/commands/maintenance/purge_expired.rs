use std::sync::Arc;

use chrono::TimeDelta;

use crate::application::ports::{Clock, Expirable, StorageError, UnitOfWork};

/// Removes a batch of rows that have expired.
///
/// - Open to the server itself only.
/// - Removes few rows at a time, and none while another node does, so that neither requests nor nodes wait for it.
pub struct PurgeExpired {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) audit_retention: TimeDelta,
    pub(crate) clock: Arc<dyn Clock>,
}

impl PurgeExpired {
    /// The largest number of rows to remove at a time.
    ///
    /// Where only one transaction can write at a time, all others wait meanwhile. The rows are scattered over the
    /// database, so the wait grows faster than this number.
    pub const BATCH: u64 = 100;

    /// Executes the command. Returns the number of removed rows: a whole [`BATCH`](Self::BATCH) if more may be left.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn execute(&self, what: Expirable) -> Result<u64, StorageError> {
        let transaction = self.unit_of_work.begin().await?;
        let retention = match what {
            Expirable::Sessions | Expirable::Links | Expirable::ThrottleBuckets => TimeDelta::zero(),
            Expirable::AuditEvents => self.audit_retention,
        };
        let expired_at = self.clock.now() - retention;
        let purged = transaction.purge(what, expired_at, Self::BATCH).await?;
        transaction.commit().await?;
        Ok(purged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    fn purge_expired(world: &World) -> PurgeExpired {
        PurgeExpired {
            unit_of_work: world.store(),
            audit_retention: TimeDelta::days(1),
            clock: world.clock(),
        }
    }

    #[tokio::test]
    async fn only_expired_rows_are_removed_batch_by_batch() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        for _ in 0..=PurgeExpired::BATCH {
            world.begin_session(&alice);
        }
        world.advance(TimeDelta::minutes(60));
        let here = world.begin_session(&alice);
        for purged in [PurgeExpired::BATCH, 1, 0] {
            assert_eq!(
                purge_expired(&world).execute(Expirable::Sessions).await.unwrap(),
                purged
            );
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
        let refusal = purge_expired(&world).execute(Expirable::Sessions).await;
        assert!(matches!(refusal, Err(StorageError::Unavailable(_))));
        assert_eq!(world.session_count(), 1);
    }

    #[tokio::test]
    async fn links_are_removed_when_they_expire() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        world.link_to(&alice).await;
        for (purged, by) in [(0, world.link_lifetimes().recovery), (1, TimeDelta::zero())] {
            assert_eq!(purge_expired(&world).execute(Expirable::Links).await.unwrap(), purged);
            world.advance(by);
        }
    }

    #[tokio::test]
    async fn counts_of_failed_attempts_are_removed_when_they_expire() {
        let world = World::new();
        world.sign_up("alice").await;
        let counts = world.throttle_bucket_count() as u64;
        assert!(counts > 0);
        for (purged, by) in [(0, World::FORGET_ONE_AFTER), (counts, TimeDelta::zero())] {
            let execute = purge_expired(&world).execute(Expirable::ThrottleBuckets).await;
            assert_eq!(execute.unwrap(), purged);
            world.advance(by);
        }
    }

    #[tokio::test]
    async fn the_audit_trail_is_kept_for_so_long_and_no_longer() {
        let world = World::new();
        world.sign_up("alice").await;
        for (purged, by) in [
            (0, TimeDelta::days(1)),
            (0, TimeDelta::milliseconds(1)),
            (1, TimeDelta::zero()),
        ] {
            let execute = purge_expired(&world).execute(Expirable::AuditEvents).await;
            assert_eq!(execute.unwrap(), purged);
            world.advance(by);
        }
    }
}
