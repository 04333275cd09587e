use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError, NotAuthorized, Permission},
        audit_trail::AuditAction,
        commands::Changes,
        ports::StorageError,
        views::UserView,
    },
    domain::user::{InvalidUsername, Role, SystemAccount, User, Username},
};

/// Why a user was not changed.
#[derive(Debug, Error)]
pub enum ManageUserError {
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// No user has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The user is a system account. [`NotAuthorized`] comes first, because nobody is above a super admin.
    #[error(transparent)]
    SystemAccount(#[from] SystemAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Changes a user: shared by inactivating, reactivating, granting and revoking.
///
/// The actor must be above `role`, which is checked before the name, and above the user. `apply` makes the change and
/// returns whether there was any; if not, nothing is written. If the user is inactive afterwards, all sessions of the
/// user end. The user's one-time link is withdrawn, because its issuer may not be above the user any more.
pub(super) async fn manage_user(
    changes: &Changes,
    actor: &Actor,
    username: &str,
    (action, role): (AuditAction, Role),
    apply: impl FnOnce(&mut User, DateTime<Utc>) -> Result<bool, SystemAccount>,
) -> Result<UserView, ManageUserError> {
    let permission = Permission::manage(role);
    changes.authorize(actor, action, permission)?;
    let username = Username::new(username)?;

    let change = changes.begin(actor, action).await?;
    change.authorize(permission)?;
    let user = change.transaction.users().find_for_update(&username).await?;
    let mut user = user.ok_or(ManageUserError::UserNotFound)?;
    change.authorize(Permission::manage_user(&user))?;

    if apply(&mut user, change.now)? {
        change.transaction.users().save(&user).await?;
        if !user.is_active() {
            change.transaction.sessions().delete_all_of(user.id(), None).await?;
        }
        change.transaction.links().delete_of(user.id()).await?;
        change.commit(user.id()).await?;
        log::info!("{} of user {} by user {}", action.name(), user.id(), actor.id());
    }
    Ok(UserView::from(&user))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{
        audit_trail::AuditActor,
        testing::{InMemoryStore, World, user},
    };

    async fn inactivate(changes: &Changes, actor: &Actor) -> Result<UserView, ManageUserError> {
        let what = (AuditAction::InactivateUser, Role::User);
        manage_user(changes, actor, "alice", what, |user, now| Ok(user.inactivate(now))).await
    }

    /// Inactivates a user after `happening` occurred to the authenticated admin.
    async fn after(happening: impl FnOnce(&InMemoryStore, &Actor)) -> Result<UserView, ManageUserError> {
        let world = World::with([user("alice", Role::User)]).await;
        let actor = world.actor(Role::Admin);
        happening(&world.store(), &actor);
        inactivate(&world.changes(), &actor).await
    }

    fn changed(actor: &Actor, change: impl FnOnce(&mut User)) -> User {
        let mut user = user("somebody", actor.role());
        change(&mut user);
        User::restore(crate::domain::user::UserState {
            id: actor.id(),
            ..user.state().clone()
        })
    }

    #[tokio::test]
    async fn an_unchanged_actor_is_confirmed() {
        assert!(after(|_, _| ()).await.is_ok());
    }

    #[tokio::test]
    async fn only_changes_are_recorded() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let actor = world.actor(Role::Admin);
        for _ in 0..2 {
            inactivate(&world.changes(), &actor).await.unwrap();
            assert_eq!(world.done(), [(AuditAction::InactivateUser, alice.id())]);
        }
        let (id, session_id) = (actor.id(), Some(actor.session_id()));
        assert_eq!(world.events()[0].actor, AuditActor::User { id, session_id });
    }

    #[tokio::test]
    async fn an_actor_who_makes_too_many_changes_has_to_wait() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let (actor, other) = (world.actor(Role::Admin), world.actor(Role::Admin));
        let changes = world.changes();
        for _ in 0..World::CHANGES_PER_MINUTE {
            inactivate(&changes, &actor).await.unwrap();
        }
        let refusal = inactivate(&changes, &actor).await;
        assert!(matches!(refusal, Err(ManageUserError::Actor(ActorError::Throttled(_)))));
        inactivate(&changes, &other).await.unwrap();
    }

    #[tokio::test]
    async fn an_actor_whose_session_has_just_ended_is_refused() {
        let refusal = after(|store, actor| store.remove_session(actor.session_id())).await;
        assert!(matches!(
            refusal,
            Err(ManageUserError::Actor(ActorError::NotAuthenticated(_)))
        ));
    }

    #[tokio::test]
    async fn an_actor_who_was_just_inactivated_is_refused() {
        let refusal = after(|store, actor| {
            store.replace_user(&changed(actor, |user| {
                user.inactivate(actor.session_expires_at());
            }));
        })
        .await;
        assert!(matches!(
            refusal,
            Err(ManageUserError::Actor(ActorError::NotAuthenticated(_)))
        ));
    }

    #[tokio::test]
    async fn an_actor_who_was_just_demoted_is_refused() {
        let refusal = after(|store, actor| {
            store.replace_user(&changed(actor, |user| {
                user.demote(actor.session_expires_at());
            }));
        })
        .await;
        assert!(matches!(refusal, Err(ManageUserError::NotAuthorized(_))));
    }
}
