use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        access::ConfirmedActor,
        audit::Audit,
        audit_trail::AuditAction,
        ports::{Clock, StorageError, UnitOfWork},
        throttle::Throttle,
        views::UserView,
    },
    domain::user::{InactiveAccount, InvalidUsername, User, Username},
};

/// Promotes, demotes, inactivates and reactivates any account, and ends its sessions.
///
/// - Open to the operator only.
/// - A change ends all sessions of the account, because they began with other rights. If nothing changes, nothing is
///   written.
/// - Inactivation, a new password and another role withdraw the one-time link of the account. Its issuer may not be
///   above the user any more.
/// - Rejects a change that would leave no active super admin.
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
    /// No user has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The account is inactive.
    #[error(transparent)]
    InactiveAccount(#[from] InactiveAccount),
    /// The change would leave no active super admin.
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
    /// Makes an account a super admin.
    ///
    /// # Errors
    /// See [`ChangeAccountError`].
    pub async fn promote(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        self.execute(username, AuditAction::Promote, User::promote_to_super_admin)
            .await
    }

    /// Makes an account a plain user.
    ///
    /// # Errors
    /// See [`ChangeAccountError`].
    pub async fn demote(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        self.execute(username, AuditAction::Demote, |user, now| Ok(user.demote(now)))
            .await
    }

    /// Inactivates a user.
    ///
    /// # Errors
    /// See [`ChangeAccountError`].
    pub async fn inactivate(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let action = AuditAction::InactivateUser;
        self.execute(username, action, |user, now| Ok(user.inactivate(now)))
            .await
    }

    /// Reactivates an inactive user.
    ///
    /// # Errors
    /// See [`ChangeAccountError`].
    pub async fn reactivate(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let action = AuditAction::ReactivateUser;
        self.execute(username, action, |user, now| Ok(user.reactivate(now)))
            .await
    }

    /// Ends all sessions of a user, and makes the user's known devices unknown.
    ///
    /// # Errors
    /// See [`ChangeAccountError`].
    pub async fn revoke_sessions(&self, username: &str) -> Result<ChangedAccount, ChangeAccountError> {
        let revoke = |user: &mut User, _| {
            user.revoke_credentials();
            Ok(true)
        };
        self.execute(username, AuditAction::EndUserSessions, revoke).await
    }

    /// Changes an account. A new password also clears its failed log-ins.
    pub(super) async fn execute(
        &self,
        username: &str,
        action: AuditAction,
        change: impl FnOnce(&mut User, DateTime<Utc>) -> Result<bool, InactiveAccount>,
    ) -> Result<ChangedAccount, ChangeAccountError> {
        let username = Username::new(username)?;
        let transaction = self.unit_of_work.begin().await?;
        let active_super_admins = transaction.users().count_active_super_admins_for_update().await?;
        let before = transaction
            .users()
            .find_for_update(&username)
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
            let has_new_password = user.password_hash() != before.password_hash();
            if has_new_password {
                self.throttle.forget(transaction.as_ref(), &user, None).await?;
            }
            if has_new_password || user.role() != before.role() || !user.is_active() {
                transaction.links().delete_of(user.id()).await?;
            }
            let operator = ConfirmedActor::operator();
            self.audit
                .record(transaction.as_ref(), &operator, action, user.id(), now)
                .await?;
            transaction.commit().await?;
            log::info!("{} of user {} by the operator", action.name(), user.id());
        }
        Ok(ChangedAccount {
            user: UserView::from(&user),
            ended_sessions,
            is_changed,
        })
    }
}

#[cfg(test)]
mod tests;
