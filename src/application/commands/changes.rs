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

/// Begins the changes of authenticated callers, for all their commands.
pub struct Changes {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A change in progress: an open transaction with its confirmed actor.
///
/// It is rolled back if it is dropped without [`commit`](Self::commit).
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
    /// Checks the permission without a transaction, so that a rejection does not use storage.
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
    /// It counts against the user's changes per minute. If the change needs a permission, the caller must
    /// [`authorize`](Change::authorize) it again, because the actor may have been demoted meanwhile.
    ///
    /// # Errors
    /// See [`ActorError`].
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

    /// Ends the session in which the actor acts, and records it as `action`. Returns whether it had not ended before.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub(super) async fn end_session(&self, actor: &Actor, action: AuditAction) -> Result<bool, StorageError> {
        let transaction = self.unit_of_work.begin().await?;
        let Some(confirmed) = ConfirmedActor::end_session(transaction.as_ref(), actor).await? else {
            return Ok(false);
        };
        self.audit
            .record(transaction.as_ref(), &confirmed, action, actor.id(), self.clock.now())
            .await?;
        transaction.commit().await?;
        Ok(true)
    }
}

impl Change<'_> {
    /// Checks the permission against the actor's current role.
    ///
    /// # Errors
    /// [`NotAuthorized`] if the actor lacks `permission`.
    pub fn authorize(&self, permission: Permission) -> Result<(), NotAuthorized> {
        self.audit.authorize(&self.actor, self.action, permission)
    }

    /// Records the change to `target_id` in the audit trail, and commits.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn commit(self, target_id: UserId) -> Result<(), StorageError> {
        let transaction = self.transaction;
        self.audit
            .record(transaction.as_ref(), &self.confirmed, self.action, target_id, self.now)
            .await?;
        transaction.commit().await
    }
}
