use std::sync::Arc;

use thiserror::Error;

use crate::application::{
    access::{Actor, NotAuthorized, Permission},
    audit::Audit,
    audit_trail::AuditAction,
    paging::{UserFilter, UserPage, UserPageRequest},
    ports::{StorageError, UserReader},
};

/// Lists users, a page at a time.
///
/// - Open to admins and super admins; they see users of every role.
/// - Filters, sorts and paginates. The total counts the matching users on all pages together.
pub struct ListUsers {
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) audit: Arc<Audit>,
}

/// Why users were not listed.
#[derive(Debug, Error)]
pub enum ListUsersError {
    /// The actor is not an admin.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ListUsers {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`ListUsersError`].
    pub async fn execute(
        &self,
        actor: &Actor,
        filter: &UserFilter,
        page: &UserPageRequest,
    ) -> Result<UserPage, ListUsersError> {
        self.audit
            .authorize(actor, AuditAction::ListUsers, Permission::ReadUsers)?;
        Ok(self.users.list(filter, page).await?)
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
    async fn an_admin_sees_users_of_every_role() {
        let world = World::with([user("alice", Role::SuperAdmin), user("brian", Role::User)]).await;
        let list_users = ListUsers {
            users: world.store(),
            audit: world.audit(),
        };
        let page = list_users
            .execute(&actor(Role::Admin), &UserFilter::default(), &UserPageRequest::default())
            .await
            .unwrap();
        assert_eq!(page.total.count, 2);
        assert_eq!(page.users[0].user.username, "alice");
    }

    #[tokio::test]
    async fn a_plain_user_is_refused() {
        let list_users = ListUsers {
            users: World::new().store(),
            audit: World::new().audit(),
        };
        let refusal = list_users
            .execute(&actor(Role::User), &UserFilter::default(), &UserPageRequest::default())
            .await;
        assert!(matches!(refusal, Err(ListUsersError::NotAuthorized(_))));
    }
}
