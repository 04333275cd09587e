use std::sync::Arc;

use crate::{
    application::{
        ports::{ErasedUsernameKeys, StorageError, Transaction},
        throttle::Throttle,
    },
    domain::user::User,
};

/// Erases users, for admins and for the operator.
pub struct Erasure {
    pub(crate) erased_username_keys: Arc<dyn ErasedUsernameKeys>,
    pub(crate) throttle: Arc<Throttle>,
}

impl Erasure {
    /// Erases a user who is locked in `transaction`, with everything that hangs on the user.
    ///
    /// The audit trail keeps the ids, and loses the addresses from which the user acted. The name stays taken.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub(super) async fn erase(&self, transaction: &dyn Transaction, user: &User) -> Result<(), StorageError> {
        let key = self.erased_username_keys.current(&user.state().username);
        transaction.erased_usernames().insert(&key).await?;
        transaction.users().delete(user.id()).await?;
        transaction.audit_events().remove_addresses_of(user.id()).await?;
        self.throttle.forget(transaction, user, None).await
    }
}
