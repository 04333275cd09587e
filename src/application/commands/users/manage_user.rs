use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        Actor, UserView,
        authorization::{NotAuthorized, Permission, authorize},
        commands::{ConfirmActorError, confirm_actor::confirm_actor},
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
    /// The actor may not do this any more.
    #[error(transparent)]
    Actor(#[from] ConfirmActorError),
    /// The username breaks a rule, so there is no such user.
    #[error(transparent)]
    InvalidUsername(#[from] InvalidUsername),
    /// Nobody has the name.
    #[error("There is no such user.")]
    UserNotFound,
    /// The user is a system account. For these use cases [`NotAuthorized`] comes first: nobody stands above a super admin.
    #[error(transparent)]
    SystemAccount(#[from] SystemAccount),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shared by the use cases in which an admin changes another user. The actor must stand above `managed`, the role that the
/// change is about, before the name is even looked at; and above the user, once found. The actor is confirmed in the
/// transaction. A user who is inactive after the change has no session left. Changing nothing writes nothing.
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
    let now = clock.now();
    let actor = confirm_actor(transaction.as_ref(), actor, managed, now).await?;
    let mut user = transaction
        .users()
        .find_for_update(&username)
        .await?
        .ok_or(ManageUserError::UserNotFound)?;
    authorize(&actor, Permission::ManageUser(&user))?;

    let is_changed = change(&mut user, now)?;
    if is_changed {
        transaction.users().save(&user).await?;
        if !user.is_active() {
            transaction.sessions().delete_all_of(user.id(), None).await?;
        }
        transaction.commit().await?;
    }
    Ok((UserView::from(&user), is_changed))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::application::testing::{InMemoryStore, World, user};

    async fn inactivate(world: &World, actor: &Actor) -> Result<(UserView, bool), ManageUserError> {
        manage_user(
            world.store().as_ref(),
            world.clock().as_ref(),
            actor,
            Role::User,
            "alice",
            |user, now| Ok(user.inactivate(now)),
        )
        .await
    }

    /// An admin, to whom something happens between the authentication and the transaction of a request.
    async fn after(happening: impl FnOnce(&Arc<InMemoryStore>, &Actor)) -> Result<(UserView, bool), ManageUserError> {
        let world = World::with([user("alice", Role::User)]).await;
        let actor = world.actor(Role::Admin);
        happening(&world.store(), &actor);
        inactivate(&world, &actor).await
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
    async fn an_actor_to_whom_nothing_happened_is_confirmed() {
        assert!(after(|_, _| ()).await.is_ok());
    }

    #[tokio::test]
    async fn an_actor_whose_session_has_just_ended_is_refused() {
        let refusal = after(|store, actor| store.remove_session(actor.session_id)).await;
        assert!(matches!(
            refusal,
            Err(ManageUserError::Actor(ConfirmActorError::NotAuthenticated))
        ));
    }

    #[tokio::test]
    async fn an_actor_who_was_just_inactivated_is_refused() {
        let refusal = after(|store, actor| {
            store.replace_user(&changed(actor, |user| {
                user.inactivate(actor.session_expires_at);
            }));
        })
        .await;
        assert!(matches!(
            refusal,
            Err(ManageUserError::Actor(ConfirmActorError::NotAuthenticated))
        ));
    }

    #[tokio::test]
    async fn an_actor_who_was_just_demoted_is_refused() {
        let refusal = after(|store, actor| {
            store.replace_user(&changed(actor, |user| {
                user.demote(actor.session_expires_at);
            }));
        })
        .await;
        assert!(matches!(
            refusal,
            Err(ManageUserError::Actor(ConfirmActorError::NotAuthorized(_)))
        ));
    }
}
