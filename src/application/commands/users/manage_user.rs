use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        Actor, UserView,
        authorization::{NotAuthorized, Permission, authorize},
        ports::{Clock, StorageError, UnitOfWork},
    },
    domain::user::{InvalidUsername, Role, SystemAccount, User, Username},
};

/// Why a user was not changed.
#[derive(Debug, Error)]
pub enum ManageUserError {
    /// The actor may not do this at all, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// Nobody has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The user is a system account.
    #[error(transparent)]
    SystemAccount(#[from] SystemAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What the use cases share by which an admin changes another user. The actor must stand above `managed`, the role that
/// the change is about, before the name is even looked at; and above the user, once found. A user who is
/// inactive after the change has no session left. Changing nothing writes nothing.
pub(super) async fn manage_user(
    unit_of_work: &dyn UnitOfWork,
    clock: &dyn Clock,
    actor: &Actor,
    managed: Role,
    username: &str,
    change: impl FnOnce(&mut User, DateTime<Utc>) -> Result<bool, SystemAccount>,
) -> Result<(UserView, bool), ManageUserError> {
    authorize(actor, Permission::ManageRole(managed))?;
    let username = Username::new(username)?;

    let transaction = unit_of_work.begin().await?;
    let mut user = transaction
        .users()
        .find_for_update(&username)
        .await?
        .ok_or(ManageUserError::UserNotFound)?;
    authorize(actor, Permission::ManageUser(&user))?;

    let is_changed = change(&mut user, clock.now())?;
    if is_changed {
        transaction.users().save(&user).await?;
        if !user.is_active() {
            transaction.sessions().delete_all_of(user.id(), None).await?;
        }
        transaction.commit().await?;
    }
    Ok((UserView::from(&user), is_changed))
}
