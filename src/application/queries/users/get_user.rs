use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, NotAuthorized, Permission},
        audit::Audit,
        audit_trail::AuditAction,
        ports::{Clock, OneTimeLinkReader, StorageError, UserReader},
        views::{OneTimeLinkView, UserView},
    },
    domain::user::UserId,
};

/// Returns one user.
///
/// - Open to admins and super admins, for users of every role.
/// - Rejects other callers before it reads the user, so that they do not learn which ids exist.
/// - Shows whether a one-time link to the user is outstanding, but not the link.
pub struct GetUser {
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) links: Arc<dyn OneTimeLinkReader>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Arc<Audit>,
}

/// A user as an admin sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundUser {
    /// The user.
    pub user: UserView,
    /// When the user was last seen, accurate to five minutes; none if the user never logged in.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// The link to the user that has not expired.
    pub link: Option<OneTimeLinkView>,
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
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<FoundUser, GetUserError> {
        self.audit
            .authorize(actor, AuditAction::GetUser, Permission::ReadUser(id))?;
        let details = self.users.find_by_id(id).await?;
        let details = details.ok_or(GetUserError::UserNotFound)?;
        let link = self.links.find_of(id).await?;
        Ok(FoundUser {
            user: details.user,
            last_seen_at: details.last_seen_at,
            link: link.filter(|link| self.clock.now() < link.expires_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        application::testing::{World, actor, user},
        domain::user::Role,
    };

    fn get_user(world: &World) -> GetUser {
        GetUser {
            users: world.store(),
            links: world.store(),
            clock: world.clock(),
            audit: world.audit(),
        }
    }

    #[tokio::test]
    async fn an_admin_sees_a_user_by_id() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let found = get_user(&world).execute(&actor(Role::Admin), alice.id()).await.unwrap();
        let expected = FoundUser {
            user: UserView::from(&alice),
            last_seen_at: None,
            link: None,
        };
        assert_eq!(found, expected);
    }

    #[tokio::test]
    async fn an_admin_sees_a_link_until_it_expires() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let get_user = get_user(&world);
        let link = async || get_user.execute(&actor(Role::Admin), alice.id()).await.unwrap().link;
        world.link_to(&alice).await;
        let expires_at = link().await.unwrap().expires_at;
        world.advance(expires_at - world.clock().now());
        assert_eq!(link().await, None);
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let refusal = get_user(&World::new())
            .execute(&actor(Role::Admin), user("alice", Role::User).id())
            .await;
        assert!(matches!(refusal, Err(GetUserError::UserNotFound)));
    }

    #[tokio::test]
    async fn a_plain_user_is_refused_whether_the_id_exists_or_not() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        for id in [alice.id(), user("brian", Role::User).id()] {
            let refusal = get_user(&world).execute(&actor(Role::User), id).await;
            assert!(matches!(refusal, Err(GetUserError::NotAuthorized(_))));
            assert_eq!(world.refusals()[0].target_id, Some(id));
        }
    }
}
