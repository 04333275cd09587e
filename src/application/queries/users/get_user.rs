use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::{Actor, NotAuthorized, Permission},
        audit::Audit,
        audit_trail::AuditAction,
        ports::{StorageError, UserReader},
        views::UserView,
    },
    domain::user::UserId,
};

/// Returns one user.
///
/// - Open to admins and super admins, for users of every role.
/// - Rejects other callers before it reads the user, so that they do not learn which ids exist.
pub struct GetUser {
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) audit: Arc<Audit>,
}

/// Why a user was not shown.
#[derive(Debug, Error)]
pub enum GetUserError {
    /// The actor is not an admin.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// No user has the id.
    #[error("There is no such user.")]
    UserNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl GetUser {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`GetUserError`].
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<UserView, GetUserError> {
        self.audit
            .authorize(actor, AuditAction::GetUser, Permission::ReadUser(id))?;
        let user = self.users.find_by_id(id).await?;
        user.ok_or(GetUserError::UserNotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, actor, user},
        domain::user::Role,
    };

    #[tokio::test]
    async fn an_admin_sees_a_user_by_id() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let get_user = GetUser {
            users: world.store(),
            audit: world.audit(),
        };
        let view = get_user.execute(&actor(Role::Admin), alice.id()).await.unwrap();
        assert_eq!(view, UserView::from(&alice));
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let get_user = GetUser {
            users: World::new().store(),
            audit: World::new().audit(),
        };
        let refusal = get_user
            .execute(&actor(Role::Admin), user("alice", Role::User).id())
            .await;
        assert!(matches!(refusal, Err(GetUserError::UserNotFound)));
    }

    #[tokio::test]
    async fn a_plain_user_is_refused_whether_the_id_exists_or_not() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let get_user = GetUser {
            users: world.store(),
            audit: world.audit(),
        };
        for id in [alice.id(), user("brian", Role::User).id()] {
            let refusal = get_user.execute(&actor(Role::User), id).await;
            assert!(matches!(refusal, Err(GetUserError::NotAuthorized(_))));
            assert_eq!(world.refusals()[0].target_id, Some(id));
        }
    }
}
