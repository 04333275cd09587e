use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::{Actor, NotAuthorized, Permission},
        audit::Audit,
        audit_trail::AuditAction,
        ports::{Clock, SessionReader, StorageError, UserReader},
        views::SessionView,
    },
    domain::user::{Role, UserId},
};

/// Lists the sessions of a user.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Lists live sessions, newest first.
/// - Rejects other callers before it reads the user, so that they do not learn which ids exist.
pub struct ListUserSessions {
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) sessions: Arc<dyn SessionReader>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why no session was listed.
#[derive(Debug, Error)]
pub enum ListUserSessionsError {
    /// The actor may not see the sessions of this user, or of any user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// No user has the id.
    #[error("There is no such user.")]
    UserNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ListUserSessions {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`ListUserSessionsError`].
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<Vec<SessionView>, ListUserSessionsError> {
        let manage = |role| {
            let target = Some(id);
            let permission = Permission::Manage { role, target };
            self.audit.authorize(actor, AuditAction::ListUserSessions, permission)
        };
        manage(Role::User)?;
        let user = self.users.find_by_id(id).await?;
        let details = user.ok_or(ListUserSessionsError::UserNotFound)?;
        manage(details.user.role)?;
        Ok(self.sessions.list_live(id, self.clock.now()).await?)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, actor, user};

    fn list_user_sessions(world: &World) -> ListUserSessions {
        ListUserSessions {
            users: world.store(),
            audit: world.audit(),
            sessions: world.store(),
            clock: world.clock(),
        }
    }

    #[tokio::test]
    async fn an_admin_sees_the_sessions_of_a_user() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let session = world.begin_session(&alice);
        world.begin_session(&brian);
        let listed = list_user_sessions(&world)
            .execute(&actor(Role::Admin), alice.id())
            .await;
        let [listed] = &listed.unwrap()[..] else {
            panic!("there is one session")
        };
        assert_eq!(listed.id, session.actor.session_id());
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let nobody = user("nobody", Role::User).id();
        let refusal = list_user_sessions(&World::new())
            .execute(&actor(Role::Admin), nobody)
            .await;
        assert!(matches!(refusal, Err(ListUserSessionsError::UserNotFound)));
    }

    #[rstest]
    #[case::user_by_user(Role::User, Some(Role::User))]
    #[case::nobody_by_user(Role::User, None)]
    #[case::admin_by_admin(Role::Admin, Some(Role::Admin))]
    #[case::super_admin_by_super_admin(Role::SuperAdmin, Some(Role::SuperAdmin))]
    #[tokio::test]
    async fn others_are_refused(#[case] role: Role, #[case] target: Option<Role>) {
        let alice = user("alice", target.unwrap_or(Role::User));
        let world = World::with(target.map(|_| alice.clone())).await;
        let refusal = list_user_sessions(&world).execute(&actor(role), alice.id()).await;
        assert!(matches!(refusal, Err(ListUserSessionsError::NotAuthorized(_))));
    }
}
