use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Initiator, Refusals};
use crate::{
    application::{
        Actor,
        audit_trail::{AuditAction, AuditActor, AuditEvent, AuditEventId, OperatorName, RefusalReason},
        authorization::{NotAuthorized, Permission, authorize},
        ports::{Clock, Random, RandomExt, StorageError, Transaction},
    },
    domain::user::UserId,
};

/// Writes down what use cases do, and notes what they refuse.
pub struct Audit {
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    /// What the machine calls the operator, where that is known.
    pub(crate) operator: Option<OperatorName>,
}

impl Audit {
    /// Whoever holds the machine.
    pub fn operator(&self) -> Initiator<'static> {
        Initiator {
            actor: AuditActor::Operator {
                name: self.operator.clone(),
            },
            provenance: None,
        }
    }

    /// Writes down in `transaction` what it does at `now`.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn record(
        &self,
        transaction: &dyn Transaction,
        initiator: Initiator<'_>,
        action: AuditAction,
        target_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let event = self.event(initiator, action, Some(target_id), None, now);
        transaction.audit_events().append(&event).await
    }

    /// Notes a refusal, to be written by itself.
    ///
    /// The log warns of the first throttled attempt of its kind in a [window](Refusals::WINDOW): somebody may be guessing.
    pub fn refused(
        &self,
        initiator: Initiator<'_>,
        action: AuditAction,
        target_id: Option<UserId>,
        reason: RefusalReason,
    ) {
        let address = initiator.provenance.and_then(|provenance| provenance.address);
        let event = self.event(initiator, action, target_id, Some(reason), self.clock.now());
        let is_first = self.refusals.note(event);
        if is_first && reason == RefusalReason::Throttled {
            let target = target_id.map_or_else(|| "no known user".to_owned(), |id| format!("user {id}"));
            let address = address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
            log::warn!(
                "too many attempts, perhaps guesses: {} of {target} from {address}",
                action.name()
            );
        }
    }

    /// Judges whether `actor` has the permission that `action` asks for, and notes a refusal.
    ///
    /// # Errors
    /// [`NotAuthorized`] if not.
    pub fn authorize(
        &self,
        actor: &Actor,
        action: AuditAction,
        permission: Permission<'_>,
    ) -> Result<(), NotAuthorized> {
        authorize(actor, permission).inspect_err(|_| {
            let target_id = match permission {
                Permission::ManageUser(user) => Some(user.id()),
                Permission::ReadUsers | Permission::ReadAuditEvents | Permission::ManageRole(_) => None,
            };
            self.refused(actor.into(), action, target_id, RefusalReason::NotAuthorized);
        })
    }

    fn event(
        &self,
        initiator: Initiator<'_>,
        action: AuditAction,
        target_id: Option<UserId>,
        refusal: Option<RefusalReason>,
        now: DateTime<Utc>,
    ) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::new(now, self.random.bytes()),
            occurred_at: now,
            actor: initiator.actor,
            action,
            target_id,
            refusal,
            count: 1,
            provenance: initiator.provenance.cloned().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    #[tokio::test]
    async fn a_missing_permission_is_noted_and_a_granted_one_is_not() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let (audit, admin, plain) = (world.audit(), world.actor(Role::Admin), world.actor(Role::User));
        let permission = Permission::ManageUser(&alice);
        audit
            .authorize(&admin, AuditAction::EndUserSessions, permission)
            .unwrap();
        assert_eq!(world.refusals(), []);

        let refusal = audit.authorize(&plain, AuditAction::EndUserSessions, permission);
        assert_eq!(refusal, Err(NotAuthorized));
        let [noted] = &world.refusals()[..] else {
            panic!("there is one refusal")
        };
        let (id, session_id) = (plain.id(), Some(plain.session_id));
        assert_eq!(noted.actor, AuditActor::User { id, session_id });
        assert_eq!(
            (noted.action, noted.target_id),
            (AuditAction::EndUserSessions, Some(alice.id()))
        );
        assert_eq!((noted.refusal, noted.count), (Some(RefusalReason::NotAuthorized), 1));
        assert_eq!((noted.occurred_at, &noted.provenance), (world.now(), &plain.provenance));
    }
}
