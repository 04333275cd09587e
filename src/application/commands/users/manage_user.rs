use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    application::{
        Actor,
        audit::Audit,
        audit_trail::AuditAction,
        authorization::{NotAuthorized, Permission},
        commands::{ConfirmActorError, confirm_actor::confirm_actor},
        ports::{Clock, StorageError, UnitOfWork},
        throttle::Throttle,
        views::UserView,
    },
    domain::user::{InvalidUsername, Role, SystemAccount, User, Username},
};

/// How an admin changes another user, whatever the change: shared by inactivating, reactivating, granting and revoking.
pub struct ManageUser {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) audit: Arc<Audit>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// A change to be made.
pub(super) struct Change<F> {
    /// What it is called in the audit trail.
    pub action: AuditAction,
    /// The role that it is about.
    pub managed: Role,
    /// Makes it; returns whether anything changed.
    pub apply: F,
}

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

impl ManageUser {
    /// Changes the user of that name, and returns whether anything changed.
    ///
    /// The actor must stand above the role that the change is about, before the name is even looked at; and above the user, once
    /// found. The actor is confirmed in the transaction. A user who is inactive after the change has no session left. Changing
    /// nothing writes nothing.
    pub(super) async fn execute(
        &self,
        actor: &Actor,
        username: &str,
        change: Change<impl FnOnce(&mut User, DateTime<Utc>) -> Result<bool, SystemAccount>>,
    ) -> Result<(UserView, bool), ManageUserError> {
        let Change { action, managed, apply } = change;
        self.audit.authorize(actor, action, Permission::ManageRole(managed))?;
        let username = Username::new(username)?;

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let actor = confirm_actor(
            transaction.as_ref(),
            &self.throttle,
            &self.audit,
            actor,
            action,
            managed,
            now,
        )
        .await?;
        let mut user = transaction
            .users()
            .find_for_update(&username)
            .await?
            .ok_or(ManageUserError::UserNotFound)?;
        self.audit.authorize(&actor, action, Permission::ManageUser(&user))?;

        let is_changed = apply(&mut user, now)?;
        if is_changed {
            transaction.users().save(&user).await?;
            if !user.is_active() {
                transaction.sessions().delete_all_of(user.id(), None).await?;
            }
            self.audit
                .record(transaction.as_ref(), (&actor).into(), action, user.id(), now)
                .await?;
            transaction.commit().await?;
        }
        Ok((UserView::from(&user), is_changed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{
        audit_trail::AuditActor,
        testing::{InMemoryStore, World, user},
    };

    async fn inactivate(world: &World, actor: &Actor) -> Result<(UserView, bool), ManageUserError> {
        let change = Change {
            action: AuditAction::InactivateUser,
            managed: Role::User,
            apply: |user: &mut User, now| Ok(user.inactivate(now)),
        };
        world.manage_user().execute(actor, "alice", change).await
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
    async fn what_was_done_is_written_down_and_what_changed_nothing_is_not() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let actor = world.actor(Role::Admin);
        for _ in 0..2 {
            inactivate(&world, &actor).await.unwrap();
            assert_eq!(world.done(), [(AuditAction::InactivateUser, alice.id())]);
        }
        let (id, session_id) = (actor.id(), Some(actor.session_id));
        assert_eq!(world.events()[0].actor, AuditActor::User { id, session_id });
    }

    #[tokio::test]
    async fn an_actor_who_makes_too_many_changes_has_to_wait() {
        let alice = user("alice", Role::User);
        let world = World::with([alice.clone()]).await;
        let (actor, other) = (world.actor(Role::Admin), world.actor(Role::Admin));
        let manage_user = world.manage_user();
        let change = || Change {
            action: AuditAction::InactivateUser,
            managed: Role::User,
            apply: |user: &mut User, now| Ok(user.inactivate(now)),
        };
        for _ in 0..World::CHANGES_PER_MINUTE {
            manage_user.execute(&actor, "alice", change()).await.unwrap();
        }
        let refusal = manage_user.execute(&actor, "alice", change()).await;
        assert!(matches!(
            refusal,
            Err(ManageUserError::Actor(ConfirmActorError::Throttled(_)))
        ));
        manage_user.execute(&other, "alice", change()).await.unwrap();
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
