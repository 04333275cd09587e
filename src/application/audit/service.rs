use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Refusals;
use crate::{
    application::{
        access::{Actor, ConfirmedActor, NotAuthorized, Permission, authorize},
        audit_trail::{AuditAction, AuditActor, AuditEvent, AuditEventId, OperatorName, Provenance, RefusalReason},
        ports::{Clock, Random, RandomExt, StorageError, Transaction},
    },
    domain::user::UserId,
};

/// Records the events of use cases, and notes their refusals.
pub struct Audit {
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    /// The operator's name on this machine, if known.
    pub(crate) operator: Option<OperatorName>,
}

impl Audit {
    /// Records in `transaction` that `actor` does `action` to `target_id`.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn record(
        &self,
        transaction: &dyn Transaction,
        actor: &ConfirmedActor,
        action: AuditAction,
        target_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let provenance = actor.provenance().clone();
        let actor = match actor.user() {
            Some((id, session_id)) => AuditActor::User { id, session_id },
            None => AuditActor::Operator {
                name: self.operator.clone(),
            },
        };
        let event = self.event(actor, provenance, action, Some(target_id), now);
        transaction.audit_events().append(&event).await
    }

    /// Notes a refusal of `actor`, to be written later.
    pub fn refused(&self, actor: &Actor, action: AuditAction, target_id: Option<UserId>, reason: RefusalReason) {
        let (id, session_id) = (actor.id(), Some(actor.session_id()));
        let user = AuditActor::User { id, session_id };
        self.note(user, &actor.provenance, action, target_id, reason);
    }

    /// Notes a refusal of a caller who is not logged in, to be written later.
    pub fn refused_anonymous(
        &self,
        provenance: &Provenance,
        action: AuditAction,
        target_id: Option<UserId>,
        reason: RefusalReason,
    ) {
        self.note(AuditActor::Anonymous, provenance, action, target_id, reason);
    }

    /// Checks whether `actor` has `permission`, and notes a refusal if not.
    ///
    /// # Errors
    /// [`NotAuthorized`] if not.
    pub fn authorize(&self, actor: &Actor, action: AuditAction, permission: Permission) -> Result<(), NotAuthorized> {
        authorize(actor, permission).inspect_err(|_| {
            let target_id = match permission {
                Permission::Manage { target, .. } => target,
                Permission::ReadUser(id) => Some(id),
                Permission::ReadUsers | Permission::ReadAuditEvents | Permission::HaveRole(_) => None,
            };
            self.refused(actor, action, target_id, RefusalReason::NotAuthorized);
        })
    }

    /// Notes a refusal, and logs the first throttled attempt of a kind: somebody may be guessing.
    fn note(
        &self,
        actor: AuditActor,
        provenance: &Provenance,
        action: AuditAction,
        target_id: Option<UserId>,
        reason: RefusalReason,
    ) {
        let mut event = self.event(actor, provenance.clone(), action, target_id, self.clock.now());
        event.refusal = Some(reason);
        let is_first = self.refusals.note(event);
        if is_first && reason == RefusalReason::Throttled {
            let target = target_id.map_or_else(|| "no known user".to_owned(), |id| format!("user {id}"));
            let address = provenance.address;
            let address = address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
            log::warn!(
                "too many attempts, perhaps guesses: {} of {target} from {address}",
                action.name()
            );
        }
    }

    fn event(
        &self,
        actor: AuditActor,
        provenance: Provenance,
        action: AuditAction,
        target_id: Option<UserId>,
        now: DateTime<Utc>,
    ) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::new(now, self.random.bytes()),
            occurred_at: now,
            actor,
            action,
            target_id,
            refusal: None,
            count: 1,
            provenance,
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
        let permission = Permission::manage_user(&alice);
        audit
            .authorize(&admin, AuditAction::EndUserSessions, permission)
            .unwrap();
        assert_eq!(world.refusals(), []);

        let refusal = audit.authorize(&plain, AuditAction::EndUserSessions, permission);
        assert_eq!(refusal, Err(NotAuthorized));
        let [noted] = &world.refusals()[..] else {
            panic!("there is one refusal")
        };
        let (id, session_id) = (plain.id(), Some(plain.session_id()));
        assert_eq!(noted.actor, AuditActor::User { id, session_id });
        assert_eq!(
            (noted.action, noted.target_id),
            (AuditAction::EndUserSessions, Some(alice.id()))
        );
        assert_eq!((noted.refusal, noted.count), (Some(RefusalReason::NotAuthorized), 1));
        assert_eq!((noted.occurred_at, &noted.provenance), (world.now(), &plain.provenance));
    }
}
