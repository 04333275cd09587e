use chrono::{DateTime, Utc};

use super::PageLimit;
use crate::{
    application::{
        audit_trail::{AuditAction, AuditActorKind, AuditEventId},
        views::AuditEventView,
    },
    domain::user::UserId,
};

/// Which events are wanted; what is not given matches every one.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditEventFilter {
    /// Only what this kind of actor did, or was refused.
    pub actor_kind: Option<AuditActorKind>,
    /// Only what this user did, or was refused.
    pub actor_id: Option<UserId>,
    /// Only what was done to this user.
    pub target_id: Option<UserId>,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only what was refused, or only what was done.
    pub is_refused: Option<bool>,
    /// Only from then on, to the millisecond.
    pub since: Option<DateTime<Utc>>,
    /// Only before then, to the millisecond.
    pub until: Option<DateTime<Utc>>,
}

/// Which part of the events is wanted, of which the newest come first.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditEventPageRequest {
    /// How many events at the most.
    pub limit: PageLimit,
    /// Only those that come after this one: the last of the page before.
    pub after: Option<AuditEventId>,
}

/// A part of the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEventPage {
    /// The events on this page.
    pub events: Vec<AuditEventView>,
    /// Behind which event the next page begins, if there is one.
    pub next: Option<AuditEventId>,
}

impl AuditEventPage {
    /// A page of these events, which are one more than were asked for if there is a next page.
    pub fn of(mut events: Vec<AuditEventView>, limit: PageLimit) -> Self {
        let has_next = events.len() > limit.get() as usize;
        events.truncate(limit.get() as usize);
        let last = events.last().map(|view| view.event.id);
        Self {
            next: last.filter(|_| has_next),
            events,
        }
    }
}
