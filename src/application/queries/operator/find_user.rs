use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        ports::{StorageError, UserReader},
        views::{UserDetails, UserView},
    },
    domain::user::{InvalidUsername, Username},
};

/// Finds a user by name.
///
/// - Open to the operator only, to show which account is about to change.
/// - Ignores the case of the name.
/// - Rejects an invalid username, and a name that no user has.
pub struct FindUser {
    pub(crate) users: Arc<dyn UserReader>,
}

/// Why no user was found.
#[derive(Debug, Error)]
pub enum FindUserError {
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// No user has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl FindUser {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`FindUserError`].
    pub async fn execute(&self, username: &str) -> Result<UserView, FindUserError> {
        Ok(find_by_name(self.users.as_ref(), username).await?.user)
    }
}

/// Finds a user by name, for all queries of the operator.
pub(super) async fn find_by_name(users: &dyn UserReader, username: &str) -> Result<UserDetails, FindUserError> {
    let user = users.find_by_username(&Username::new(username)?).await?;
    user.ok_or(FindUserError::UserNotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, user},
        domain::user::Role,
    };

    #[tokio::test]
    async fn a_user_is_found_by_name_whatever_its_case() {
        let world = World::with([user("alice", Role::User)]).await;
        let find_user = FindUser { users: world.store() };
        assert_eq!(find_user.execute("ALICE").await.unwrap().username, "alice");
    }

    #[tokio::test]
    async fn an_unknown_or_impossible_name_is_refused() {
        let find_user = FindUser {
            users: World::new().store(),
        };
        assert!(matches!(
            find_user.execute("nobody").await,
            Err(FindUserError::UserNotFound)
        ));
        assert!(matches!(
            find_user.execute("no").await,
            Err(FindUserError::InvalidUsername(_))
        ));
    }
}
