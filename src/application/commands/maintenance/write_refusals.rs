use std::sync::Arc;

use crate::application::{
    audit::Refusals,
    audit_trail::AuditEvent,
    ports::{Clock, StorageError, UnitOfWork},
};

/// Writes noted refusals to the audit trail.
///
/// - Open to the server itself only.
/// - Writes similar [`Refusals`] together.
/// - Discards refusals if storage fails, and logs their number, so that they do not pile up.
pub struct WriteRefusals {
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl WriteRefusals {
    /// Executes the command.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn execute(&self) -> Result<(), StorageError> {
        self.write(self.refusals.take_due(self.clock.now())).await
    }

    /// Writes all noted refusals, due or not, at the end of the process.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn finish(&self) -> Result<(), StorageError> {
        self.write(self.refusals.take_all()).await
    }

    async fn write(&self, refusals: Vec<AuditEvent>) -> Result<(), StorageError> {
        if refusals.is_empty() {
            return Ok(());
        }
        let written = async {
            let transaction = self.unit_of_work.begin().await?;
            for refusal in &refusals {
                transaction.audit_events().append(refusal).await?;
            }
            transaction.commit().await
        };
        written.await.inspect_err(|_| {
            log::error!("refusals that are missing in the audit trail: {}", refusals.len());
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{
        audit_trail::{AuditAction, Provenance, RefusalReason},
        testing::World,
    };

    fn write_refusals(world: &World) -> WriteRefusals {
        WriteRefusals {
            refusals: world.noted_refusals(),
            unit_of_work: world.store(),
            clock: world.clock(),
        }
    }

    fn refuse(world: &World, times: usize) {
        for _ in 0..times {
            let (nowhere, reason) = (Provenance::default(), RefusalReason::InvalidCredentials);
            world
                .audit()
                .refused_anonymous(&nowhere, AuditAction::LogIn, None, reason);
        }
    }

    #[tokio::test]
    async fn the_first_refusal_is_written_soon_and_later_ones_together() {
        let world = World::new();
        refuse(&world, 5);
        for counts in [vec![1], vec![1], vec![1, 4]] {
            write_refusals(&world).execute().await.unwrap();
            assert_eq!(Vec::from_iter(world.events().iter().map(|event| event.count)), counts);
            world.advance(Refusals::WINDOW / 2);
        }
    }

    #[tokio::test]
    async fn a_process_that_ends_writes_all_refusals() {
        let world = World::new();
        refuse(&world, 5);
        write_refusals(&world).finish().await.unwrap();
        assert_eq!(world.events().iter().map(|event| event.count).sum::<u32>(), 5);
    }

    #[tokio::test]
    async fn refusals_that_cannot_be_stored_do_not_pile_up() {
        let world = World::new();
        refuse(&world, 1);
        world.store().fail_commits();
        let refusal = write_refusals(&world).execute().await;
        assert!(matches!(refusal, Err(StorageError::Unavailable(_))));
        assert_eq!((world.refusals().len(), world.events().len()), (0, 0));
    }
}
