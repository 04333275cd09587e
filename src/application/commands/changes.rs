use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    application::{
        access::{Actor, ActorError, Confirmed, ConfirmedActor, NotAuthorized, Permission},
        audit::Audit,
        audit_trail::AuditAction,
        ports::{Clock, StorageError, Transaction, UnitOfWork},
        throttle::Throttle,
        views::UserView,
    },
    domain::{
        session::AuthSession,
        user::{User, UserId},
    },
};

/// Begins the changes that authenticated callers make: shared by all their commands.
pub struct Changes {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A change in progress: an open transaction with its confirmed actor. Dropped without [`commit`](Self::commit), it
/// changes nothing.
pub(super) struct Change<'a> {
    pub transaction: Box<dyn Transaction>,
    pub now: DateTime<Utc>,
    /// The actor's own account, locked.
    pub user: User,
    /// The session in which the actor acts, locked.
    pub session: AuthSession,
    actor: Actor,
    confirmed: ConfirmedActor,
    action: AuditAction,
    audit: &'a Audit,
}

impl Changes {
    /// Decides by what is known before the change begins, so that a refusal costs storage nothing.
    ///
    /// # Errors
    /// [`NotAuthorized`] if `actor` lacks `permission`.
    pub(super) fn authorize(
        &self,
        actor: &Actor,
        action: AuditAction,
        permission: Permission,
    ) -> Result<(), NotAuthorized> {
        self.audit.authorize(actor, action, permission)
    }

    /// Opens a transaction and confirms the actor in it.
    ///
    /// It counts as one of the changes that a user may make within a minute. If the change needs a permission, the caller
    /// has to [`authorize`](Change::authorize) it again: the actor may have been demoted since the request began.
    ///
    /// # Errors
    /// As [`ActorError`] says; then no transaction is open.
    pub(super) async fn begin(&self, actor: &Actor, action: AuditAction) -> Result<Change<'_>, ActorError> {
        self.throttle.spend_change(actor.id())?;
        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let Confirmed {
            actor: confirmed,
            user,
            session,
        } = ConfirmedActor::confirm(transaction.as_ref(), actor, now).await?;
        let actor = Actor {
            user: UserView::from(&user),
            ..actor.clone()
        };
        Ok(Change {
            transaction,
            now,
            user,
            session,
            actor,
            confirmed,
            action,
            audit: &self.audit,
        })
    }
}

impl Change<'_> {
    /// Decides by the role that the actor has now.
    ///
    /// # Errors
    /// [`NotAuthorized`] if the actor lacks `permission`.
    pub fn authorize(&self, permission: Permission) -> Result<(), NotAuthorized> {
        self.audit.authorize(&self.actor, self.action, permission)
    }

    /// Records what was done to `target_id`, and makes it last.
    ///
    /// # Errors
    /// [`StorageError`] if nothing was changed.
    pub async fn commit(self, target_id: UserId) -> Result<(), StorageError> {
        let transaction = self.transaction;
        self.audit
            .record(transaction.as_ref(), &self.confirmed, self.action, target_id, self.now)
            .await?;
        transaction.commit().await
    }
}
