use chrono::{DateTime, Utc};
use paperclip::actix::Apiv2Schema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::{audit_trail::AuditActorKind, views};

/// Something that somebody did or was refused.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct AuditEventView {
    /// The id of the event.
    id: Uuid,
    /// When it happened; the last time, of several alike.
    occurred_at: DateTime<Utc>,
    /// Who did it.
    actor: ActorName,
    /// The id of the user who did it.
    actor_id: Option<Uuid>,
    /// What that user is called.
    actor_username: Option<String>,
    /// The id of the session in which that user did it, or which the log-in began.
    session_id: Option<Uuid>,
    /// What the machine calls the operator who did it.
    operator_name: Option<String>,
    /// What was done. New names may come.
    action: &'static str,
    /// The id of the user whom it was done to, if there is such a user.
    target_id: Option<Uuid>,
    /// What that user is called.
    target_username: Option<String>,
    /// What became of it.
    outcome: OutcomeName,
    /// Why it was refused, if it was. New names may come.
    refusal: Option<String>,
    /// How many alike this stands for. Only refusals are counted together.
    count: u32,
    /// The IP address that it came from, if it is known.
    address: Option<String>,
    /// The id under which the server's log has the request; the first one, of several alike.
    request_id: Option<String>,
}

/// Who does something.
#[derive(Clone, Copy, Debug, Serialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum ActorName {
    /// A user who is logged in, or has just proved to be the one.
    User,
    /// Whoever holds the machine, on the command line.
    Operator,
    /// Somebody who proved nothing.
    Anonymous,
    /// Actors whose refusals were too many to be told apart.
    Several,
}

/// What became of something.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// It was done.
    Success,
    /// It was refused.
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
