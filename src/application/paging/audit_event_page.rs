use chrono::{DateTime, Utc};

use super::PageLimit;
use crate::{
    application::{
        audit_trail::{AuditAction, AuditActorKind, AuditEventId},
        views::AuditEventView,
    },
    domain::user::UserId,
};

/// Selects events. A field that is `None` matches every event.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditEventFilter {
    /// Only events of this kind of actor.
    pub actor_kind: Option<AuditActorKind>,
    /// Only events of this user.
    pub actor_id: Option<UserId>,
    /// Only events that affect this user.
    pub target_id: Option<UserId>,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only refusals, or only completed actions.
    pub is_refused: Option<bool>,
    /// Only events from this time on, to the millisecond.
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time, to the millisecond.
    pub until: Option<DateTime<Utc>>,
}

/// Selects a page of events, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditEventPageRequest {
    /// The largest number of events.
    pub limit: PageLimit,
    /// Only events after this one, which is the last of the previous page.
    pub after: Option<AuditEventId>,
}

/// A page of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEventPage {
    /// The events on this page.
    pub events: Vec<AuditEventView>,
    /// The event after which the next page begins, if there is one.
    pub next: Option<AuditEventId>,
}

impl AuditEventPage {
    /// Builds a page. If there is a next one, `events` has one more entry than `limit`.
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
