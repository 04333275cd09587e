use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

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
/// - Lists the newest first. Users are identified by name or by id, which is all that the trail keeps of an erased user.
/// - Rejects an invalid username, and a name that no user has.
pub struct ReadAuditTrail {
    pub(crate) events: Arc<dyn AuditEventReader>,
    pub(crate) users: Arc<dyn UserReader>,
}

/// The actor whose events are read.
#[derive(Clone, Debug)]
pub enum RequestedActor {
    /// The user of this name or id.
    User(String),
    /// Every actor of this kind.
    Kind(AuditActorKind),
}

/// Selects events. A field that is `None` matches every event.
#[derive(Clone, Debug, Default)]
pub struct ReadAuditTrailRequest {
    /// Only events of this actor.
    pub actor: Option<RequestedActor>,
    /// Only events that affect the user of this name or id.
    pub target: Option<String>,
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
            Some(RequestedActor::User(username)) => (None, Some(username.as_str())),
            None => (None, None),
        };
        let filter = AuditEventFilter {
            actor_kind,
            actor_id: self.id_of(actor).await?,
            target_id: self.id_of(request.target.as_deref()).await?,
            action: request.action,
            is_refused: request.is_refused,
            since: request.since,
            until: request.until,
        };
        Ok(self.events.list(&filter, &request.page).await?)
    }

    async fn id_of(&self, user: Option<&str>) -> Result<Option<UserId>, FindUserError> {
        let Some(user) = user else { return Ok(None) };
        // No username is as long as an id.
        if let Ok(id) = user.parse::<Uuid>() {
            return Ok(Some(id.into()));
        }
        Ok(Some(find_by_name(self.users.as_ref(), user).await?.user.id))
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
        let by = |actor: &str| ReadAuditTrailRequest {
            actor: Some(RequestedActor::User(actor.to_owned())),
            ..ReadAuditTrailRequest::default()
        };
        let page = read_audit_trail.execute(&by("ALICE")).await.unwrap();
        assert_eq!(page.events.len(), 1);
        assert_eq!(page.events[0].target_username.as_deref(), Some("alice"));

        let id = page.events[0].event.target_id.unwrap().to_string();
        let page = read_audit_trail.execute(&by(&id)).await.unwrap();
        assert_eq!(page.events.len(), 1);

        let unknown = Uuid::nil().to_string();
        assert!(read_audit_trail.execute(&by(&unknown)).await.unwrap().events.is_empty());

        let refusal = read_audit_trail.execute(&by("nobody")).await;
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
            (RequestedActor::User("operator".to_owned()), AuditAction::SignUp),
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
