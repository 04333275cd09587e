use std::{collections::BTreeMap, sync::Arc};

use crate::{
    application::{
        audit::Refusals,
        audit_trail::AuditEvent,
        ports::{Clock, StorageError, UnitOfWork},
    },
    domain::user::UserId,
};

/// Writes noted refusals to the audit trail.
///
/// - Open to the server itself only.
/// - Writes similar [`Refusals`] together.
/// - Leaves out the addresses of users who were erased meanwhile.
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
        let mut missing = refusals.len();
        let mut by_user = BTreeMap::<_, Vec<_>>::new();
        for refusal in refusals {
            by_user.entry(refusal.actor.user_id()).or_default().push(refusal);
        }
        for (user_id, refusals) in by_user {
            let number = refusals.len();
            self.write_of(user_id, refusals).await.inspect_err(|_| {
                log::error!("refusals that are missing in the audit trail: {missing}");
            })?;
            missing -= number;
        }
        Ok(())
    }

    /// Writes the refusals of a user, or of all others, in one transaction.
    ///
    /// It locks the user, so that an erasure comes before it, or after it and finds these events. It locks no other
    /// user, because other transactions lock two in another order.
    async fn write_of(&self, user_id: Option<UserId>, refusals: Vec<AuditEvent>) -> Result<(), StorageError> {
        let transaction = self.unit_of_work.begin().await?;
        let is_erased = match user_id {
            Some(id) => transaction.users().find_by_id_for_update(id).await?.is_none(),
            None => false,
        };
        for mut refusal in refusals {
            if is_erased {
                refusal.provenance.address = None;
            }
            transaction.audit_events().append(&refusal).await?;
        }
        transaction.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::{
            audit_trail::{AuditAction, Provenance, RefusalReason},
            testing::World,
        },
        domain::user::Role,
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
    async fn the_address_of_a_user_who_was_erased_meanwhile_is_left_out() {
        let world = World::new();
        let [alice, brian] = [world.actor(Role::User), world.actor(Role::User)];
        for actor in [&alice, &brian] {
            let (action, reason) = (AuditAction::ListUsers, RefusalReason::NotAuthorized);
            world.audit().refused(actor, action, None, reason);
        }
        let erase = world.store().begin().await.unwrap();
        erase.users().delete(alice.id()).await.unwrap();
        erase.commit().await.unwrap();

        write_refusals(&world).execute().await.unwrap();
        for (actor, address) in [(alice, None), (brian.clone(), brian.provenance.address)] {
            let events = world.events();
            let event = events.iter().find(|event| event.actor.user_id() == Some(actor.id()));
            assert_eq!(event.unwrap().provenance.address, address);
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
