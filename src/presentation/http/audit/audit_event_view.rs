use chrono::{DateTime, Utc};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::{audit_trail::AuditActorKind, views};

/// An action that succeeded or was refused.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct AuditEventView {
    /// The id of the event.
    id: Uuid,
    /// The time of the action; of several similar ones, the last.
    occurred_at: DateTime<Utc>,
    /// The kind of actor.
    actor: ActorName,
    /// The id of the acting user.
    actor_id: Option<Uuid>,
    /// The username of the acting user, unless that user was erased.
    actor_username: Option<String>,
    /// The id of the acting user's session, or of the session that a log-in began.
    session_id: Option<Uuid>,
    /// The operator's account on the machine.
    operator_name: Option<String>,
    /// The name of the action. New names may be added.
    action: &'static str,
    /// The id of the target user, if there is one.
    target_id: Option<Uuid>,
    /// The username of the target user, unless that user was erased.
    target_username: Option<String>,
    /// The outcome of the action.
    outcome: OutcomeName,
    /// The reason for a refusal. New names may be added.
    refusal: Option<String>,
    /// The number of similar actions that this event represents. Only refusals are counted together.
    count: u32,
    /// The IP address of the client, if it is known and its user was not erased.
    address: Option<String>,
    /// The id of the request in the server's log; of several similar ones, the first.
    request_id: Option<String>,
}

/// A kind of actor.
#[derive(Clone, Copy, Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum ActorName {
    /// An authenticated user.
    User,
    /// The operator, on the command line.
    Operator,
    /// An unauthenticated client.
    Anonymous,
    /// Several actors, whose refusals were too many to count separately.
    Several,
}

/// The outcome of an action.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// The action succeeded.
    Success,
    /// The action was refused.
    Refused,
}

impl From<views::AuditEventView> for AuditEventView {
    fn from(view: views::AuditEventView) -> Self {
        let event = view.event;
        Self {
            id: event.id.as_uuid(),
            occurred_at: event.occurred_at,
            actor: match event.actor.kind() {
                AuditActorKind::User => ActorName::User,
                AuditActorKind::Operator => ActorName::Operator,
                AuditActorKind::Anonymous => ActorName::Anonymous,
                AuditActorKind::Several => ActorName::Several,
            },
            actor_id: event.actor.user_id().map(|id| id.as_uuid()),
            actor_username: view.actor_username,
            session_id: event.actor.session_id().map(|id| id.as_uuid()),
            operator_name: event.actor.operator_name().map(|name| name.as_str().to_owned()),
            action: event.action.name(),
            target_id: event.target_id.map(|id| id.as_uuid()),
            target_username: view.target_username,
            outcome: match event.refusal {
                None => OutcomeName::Success,
                Some(_) => OutcomeName::Refused,
            },
            refusal: event.refusal.map(|reason| reason.name().to_owned()),
            count: event.count,
            address: event.provenance.address.map(|address| address.to_string()),
            request_id: event.provenance.request_id.as_deref().map(str::to_owned),
        }
    }
}
