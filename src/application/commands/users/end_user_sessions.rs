use std::sync::Arc;

use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError, NotAuthorized, Permission},
        audit_trail::AuditAction,
        commands::Changes,
        ports::StorageError,
    },
    domain::user::{Role, UserId},
};

/// Logs a user out everywhere.
///
/// - Open to admins for users, to super admins for users and admins.
/// - Ends all sessions of the user, who may log in again at once, and makes the user's known devices unknown.
/// - Changes nothing if no session ends.
/// - Rejects other callers before it loads the user, so that they do not learn which ids exist.
pub struct EndUserSessions {
    pub(crate) changes: Arc<Changes>,
}

/// Why no session was ended.
#[derive(Debug, Error)]
pub enum EndUserSessionsError {
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// No user has the id.
    #[error("There is no such user.")]
    UserNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl EndUserSessions {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`EndUserSessionsError`].
    pub async fn execute(&self, actor: &Actor, id: UserId) -> Result<(), EndUserSessionsError> {
        let permission = Permission::Manage {
            role: Role::User,
            target: Some(id),
        };
        let action = AuditAction::EndUserSessions;
        self.changes.authorize(actor, action, permission)?;

        let change = self.changes.begin(actor, action).await?;
        change.authorize(permission)?;
        let user = change.transaction.users().find_by_id_for_update(id).await?;
        let mut user = user.ok_or(EndUserSessionsError::UserNotFound)?;
        change.authorize(Permission::manage_user(&user))?;

        let ended = change.transaction.sessions().delete_all_of(id, None).await?;
        if ended == 0 {
            return Ok(());
        }
        user.revoke_credentials();
        change.transaction.users().save(&user).await?;
        change.commit(id).await?;
        log::info!("user {} ended {ended} sessions of user {id}", actor.id());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::application::testing::{World, user};

    fn use_case(world: &World) -> EndUserSessions {
        EndUserSessions {
            changes: world.changes(),
        }
    }

    async fn end_user_sessions(world: &World, role: Role, id: UserId) -> Result<(), EndUserSessionsError> {
        use_case(world).execute(&world.actor(role), id).await
    }

    #[tokio::test]
    async fn all_sessions_of_the_user_end_and_nobody_elses() {
        let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
        let world = World::with([alice.clone(), brian.clone()]).await;
        let theirs = [world.begin_session(&alice), world.begin_session(&alice)];
        let anothers = world.begin_session(&brian);
        end_user_sessions(&world, Role::Admin, alice.id()).await.unwrap();
        assert!(!world.is_live(&theirs[0]).await && !world.is_live(&theirs[1]).await);
        assert!(world.is_live(&anothers).await);
    }

    #[tokio::test]
    async fn devices_are_unknown_afterwards_and_a_second_time_writes_nothing() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        world.begin_session(&alice);
        for _ in 0..2 {
            end_user_sessions(&world, Role::Admin, alice.id()).await.unwrap();
            assert_eq!(world.done(), [(AuditAction::EndUserSessions, alice.id())]);
            assert_eq!(world.user(alice.id()).await.unwrap().credentials_generation(), 1);
        }
    }

    #[tokio::test]
    async fn an_id_that_nobody_has_is_not_found() {
        let nobody = user("nobody", Role::User).id();
        let refusal = end_user_sessions(&World::new(), Role::Admin, nobody).await;
        assert!(matches!(refusal, Err(EndUserSessionsError::UserNotFound)));
    }

    #[rstest]
    #[case::user_by_user(Role::User, Some(Role::User))]
    #[case::nobody_by_user(Role::User, None)]
    #[case::admin_by_admin(Role::Admin, Some(Role::Admin))]
    #[case::super_admin_by_super_admin(Role::SuperAdmin, Some(Role::SuperAdmin))]
    #[tokio::test]
    async fn others_are_refused_and_nothing_ends(#[case] role: Role, #[case] target: Option<Role>) {
        let alice = user("alice", target.unwrap_or(Role::User));
        let world = World::with(target.map(|_| alice.clone())).await;
        let session = target.map(|_| world.begin_session(&alice));
        let refusal = end_user_sessions(&world, role, alice.id()).await;
        assert!(matches!(refusal, Err(EndUserSessionsError::NotAuthorized(_))));
        if let Some(session) = session {
            assert!(world.is_live(&session).await);
        }
    }

    #[tokio::test]
    async fn an_actor_who_was_just_demoted_is_refused() {
        let (alice, mut admin) = (user("alice", Role::User), user("admin", Role::Admin));
        let world = World::with([alice.clone(), admin.clone()]).await;
        let (session, actor) = (world.begin_session(&alice), world.begin_session(&admin).actor);
        admin.demote(world.now());
        let store = world.store();
        store
            .clone()
            .before_next_transaction(move || store.replace_user(&admin));
        let refusal = use_case(&world).execute(&actor, alice.id()).await;
        assert!(matches!(refusal, Err(EndUserSessionsError::NotAuthorized(_))));
        assert!(world.is_live(&session).await);
    }
}
