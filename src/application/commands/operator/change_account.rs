use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        audit::Audit,
        audit_trail::AuditAction,
        ports::{Clock, StorageError, UnitOfWork},
        throttle::Throttle,
        views::UserView,
    },
    domain::user::{InactiveAccount, InvalidUsername, User, Username},
};

/// How the operator changes an account, whatever the change: shared by all commands that do.
pub struct ChangeAccount {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why an account was not changed.
#[derive(Debug, Error)]
pub enum ChangeAccountError {
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// Nobody has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The account is inactive.
    #[error(transparent)]
    InactiveAccount(#[from] InactiveAccount),
    /// Nobody could manage admins any more.
    #[error("This is the last active super admin. Make another one first.")]
    LastSuperAdmin,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The account after an operator's change.
#[derive(Clone, Debug)]
pub struct ChangedAccount {
    /// The user.
    pub user: UserView,
    /// How many of the user's sessions ended.
    pub ended_sessions: u64,
    /// Whether anything changed.
    pub is_changed: bool,
}

impl ChangeAccount {
    /// Changes the account of that name. A change ends all sessions of the user; changing nothing writes nothing. A new password
    /// forgets what failed with the old one. Refuses to take the last active super admin away.
    pub(super) async fn execute(
        &self,
        username: &Username,
        action: AuditAction,
        change: impl FnOnce(&mut User, DateTime<Utc>) -> Result<bool, InactiveAccount>,
    ) -> Result<ChangedAccount, ChangeAccountError> {
        let transaction = self.unit_of_work.begin().await?;
        let active_super_admins = transaction.users().count_active_super_admins_for_update().await?;
        let before = transaction
            .users()
            .find_for_update(username)
            .await?
            .ok_or(ChangeAccountError::UserNotFound)?;

        let (mut user, now) = (before.clone(), self.clock.now());
        let is_changed = change(&mut user, now)?;
        if before.is_active_super_admin() && !user.is_active_super_admin() && active_super_admins <= 1 {
            return Err(ChangeAccountError::LastSuperAdmin);
        }

        let mut ended_sessions = 0;
        if is_changed {
            transaction.users().save(&user).await?;
            ended_sessions = transaction.sessions().delete_all_of(user.id(), None).await?;
            if user.password_hash() != before.password_hash() {
                self.throttle.forget(transaction.as_ref(), &user).await?;
            }
            self.audit
                .record(transaction.as_ref(), self.audit.operator(), action, user.id(), now)
                .await?;
            transaction.commit().await?;
        }
        Ok(ChangedAccount {
            user: UserView::from(&user),
            ended_sessions,
            is_changed,
        })
    }
}
