use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::find_user::{FindUserError, find_by_name};
use crate::{
    application::{
        audit_trail::{AuditAction, AuditActorKind},
        paging::{AuditEventFilter, AuditEventPage, AuditEventPageRequest},
        ports::{AuditEventReader, UserReader},
    },
    domain::user::UserId,
};

/// Reads the events of the audit trail, a page at a time.
///
/// - Open to the operator only.
/// - Lists the newest first. Users are identified by name or by id, which is all that the trail keeps of an erased
///   user.
/// - Rejects an invalid username, and a name that no user has.
pub struct ReadAuditTrail {
    pub(crate) events: Arc<dyn AuditEventReader>,
    pub(crate) users: Arc<dyn UserReader>,
}

/// The actor whose events are read.
#[derive(Clone, Debug)]
pub enum RequestedActor {
    /// One user.
    User(RequestedUser),
    /// Every actor of this kind.
    Kind(AuditActorKind),
}

/// A user whose events are read.
#[derive(Clone, Debug)]
pub enum RequestedUser {
    /// The user of this name.
    Name(String),
    /// The user of this id, who may have been erased.
    Id(UserId),
}

/// Selects events. A field that is `None` matches every event.
#[derive(Clone, Debug, Default)]
pub struct ReadAuditTrailRequest {
    /// Only events of this actor.
    pub actor: Option<RequestedActor>,
    /// Only events that affect this user.
    pub target: Option<RequestedUser>,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only refusals, or only completed actions.
    pub is_refused: Option<bool>,
    /// Only events from this time on, to the millisecond.
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time, to the millisecond.
    pub until: Option<DateTime<Utc>>,
    /// The page of these events.
    pub page: AuditEventPageRequest,
}

impl ReadAuditTrail {
    /// Answers the query.
    ///
    /// # Errors
    /// See [`FindUserError`].
    pub async fn execute(&self, request: &ReadAuditTrailRequest) -> Result<AuditEventPage, FindUserError> {
        let (actor_kind, actor) = match &request.actor {
            Some(RequestedActor::Kind(kind)) => (Some(*kind), None),
            Some(RequestedActor::User(user)) => (None, Some(user)),
            None => (None, None),
        };
        let filter = AuditEventFilter {
            actor_kind,
            actor_id: self.id_of(actor).await?,
            target_id: self.id_of(request.target.as_ref()).await?,
            action: request.action,
            is_refused: request.is_refused,
            since: request.since,
            until: request.until,
        };
        Ok(self.events.list(&filter, &request.page).await?)
    }

    async fn id_of(&self, user: Option<&RequestedUser>) -> Result<Option<UserId>, FindUserError> {
        Ok(match user {
            Some(RequestedUser::Name(username)) => Some(find_by_name(self.users.as_ref(), username).await?.user.id),
            Some(RequestedUser::Id(id)) => Some(*id),
            None => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::testing::World;

    #[tokio::test]
    async fn users_are_found_by_name_whatever_the_case_and_by_id() {
        let world = World::new();
        world.sign_up("alice").await;
        world.sign_up("brian").await;
        let read_audit_trail = ReadAuditTrail {
            events: world.store(),
            users: world.store(),
        };
        let by = |actor| ReadAuditTrailRequest {
            actor: Some(RequestedActor::User(actor)),
            ..ReadAuditTrailRequest::default()
        };
        let name = |name: &str| RequestedUser::Name(name.to_owned());
        let page = read_audit_trail.execute(&by(name("ALICE"))).await.unwrap();
        assert_eq!(page.events.len(), 1);
        assert_eq!(page.events[0].target_username.as_deref(), Some("alice"));

        let id = page.events[0].event.target_id.unwrap();
        let page = read_audit_trail.execute(&by(RequestedUser::Id(id))).await.unwrap();
        assert_eq!(page.events.len(), 1);

        let refusal = read_audit_trail.execute(&by(name("nobody"))).await;
        assert!(matches!(refusal, Err(FindUserError::UserNotFound)));
    }

    #[tokio::test]
    async fn a_user_called_operator_is_not_taken_for_the_operator() {
        let world = World::new();
        world.sign_up("operator").await;
        world.change_account().revoke_sessions("operator").await.unwrap();
        let read_audit_trail = ReadAuditTrail {
            events: world.store(),
            users: world.store(),
        };
        for (actor, action) in [
            (
                RequestedActor::User(RequestedUser::Name("operator".to_owned())),
                AuditAction::SignUp,
            ),
            (
                RequestedActor::Kind(AuditActorKind::Operator),
                AuditAction::EndUserSessions,
            ),
        ] {
            let request = ReadAuditTrailRequest {
                actor: Some(actor),
                ..ReadAuditTrailRequest::default()
            };
            let page = read_audit_trail.execute(&request).await.unwrap();
            let actions = Vec::from_iter(page.events.iter().map(|view| view.event.action));
            assert_eq!(actions, [action]);
        }
    }
}
