use chrono::{DateTime, Utc};

use super::{AuditAction, AuditActor, AuditEventId, Provenance, RefusalReason};
use crate::domain::user::UserId;

/// Something that somebody did or was refused. It is written once and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Its name.
    pub id: AuditEventId,
    /// When it happened; the last time, of several alike.
    pub occurred_at: DateTime<Utc>,
    /// Who did it.
    pub actor: AuditActor,
    /// What was done.
    pub action: AuditAction,
    /// Whom it was done to, if there is such a user.
    pub target_id: Option<UserId>,
    /// Why it was refused, if it was.
    pub refusal: Option<RefusalReason>,
    /// How many alike this stands for: more than 1 for refusals only.
    pub count: u32,
    /// Where it came from; the first time, of several alike.
    pub provenance: Provenance,
}
