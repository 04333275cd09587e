use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        UserView,
        ports::{Clock, StorageError, UnitOfWork},
    },
    domain::user::{InactiveAccount, InvalidUsername, User, Username},
};

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

/// What the operator's commands share. A change ends all sessions of the user; changing nothing writes nothing. Refuses to
/// take the last active super admin away.
pub(super) async fn change_account(
    unit_of_work: &dyn UnitOfWork,
    clock: &dyn Clock,
    username: &Username,
    change: impl FnOnce(&mut User, DateTime<Utc>) -> Result<bool, InactiveAccount>,
) -> Result<ChangedAccount, ChangeAccountError> {
    let transaction = unit_of_work.begin().await?;
    let active_super_admins = transaction.users().count_active_super_admins_for_update().await?;
    let mut user = transaction
        .users()
        .find_for_update(username)
        .await?
        .ok_or(ChangeAccountError::UserNotFound)?;

    let was_active_super_admin = user.is_active_super_admin();
    let is_changed = change(&mut user, clock.now())?;
    if was_active_super_admin && !user.is_active_super_admin() && active_super_admins <= 1 {
        return Err(ChangeAccountError::LastSuperAdmin);
    }

    let mut ended_sessions = 0;
    if is_changed {
        transaction.users().save(&user).await?;
        ended_sessions = transaction.sessions().delete_all_of(user.id(), None).await?;
        transaction.commit().await?;
    }
    Ok(ChangedAccount {
        user: UserView::from(&user),
        ended_sessions,
        is_changed,
    })
}
