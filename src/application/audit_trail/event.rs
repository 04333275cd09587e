use chrono::{DateTime, Utc};

use super::{AuditAction, AuditActor, AuditEventId, Provenance, RefusalReason};
use crate::domain::user::UserId;

/// An action that was done or refused. An event never changes, but loses its address if its actor is
/// erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// The id of the event.
    pub id: AuditEventId,
    /// When it happened; the last time if it stands for several.
    pub occurred_at: DateTime<Utc>,
    /// The actor.
    pub actor: AuditActor,
    /// The action.
    pub action: AuditAction,
    /// The user who was acted on, if any.
    pub target_id: Option<UserId>,
    /// The reason of a refusal.
    pub refusal: Option<RefusalReason>,
    /// The number of equal refusals that it stands for; 1 if it was done.
    pub count: u32,
    /// The origin; the first one if it stands for several.
    pub provenance: Provenance,
}
