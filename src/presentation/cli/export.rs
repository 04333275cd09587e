//! The JSON of `gatehouse export-user`, whose field names are stable.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    application::views::{AuditEventView, SessionView, UserDetails, UserExport, UserView},
    domain::throttle::ThrottleBucketState,
};

#[derive(Serialize)]
struct Export<'a> {
    exported_at: DateTime<Utc>,
    user: User<'a>,
    sessions: Vec<Session<'a>>,
    one_time_link: Option<OneTimeLink>,
    audit_events: Vec<AuditEvent<'a>>,
    failed_log_ins: Option<FailedLogIns>,
    failed_log_ins_on_known_devices: Option<FailedLogIns>,
}

#[derive(Serialize)]
struct User<'a> {
    id: Uuid,
    username: &'a str,
    role: &'static str,
    is_active: bool,
    is_invited: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_seen_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Session<'a> {
    id: Uuid,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    address: Option<IpAddr>,
    user_agent: Option<&'a str>,
}

#[derive(Serialize)]
struct OneTimeLink {
    kind: &'static str,
    expires_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct AuditEvent<'a> {
    id: Uuid,
    occurred_at: DateTime<Utc>,
    actor: &'static str,
    actor_id: Option<Uuid>,
    action: &'static str,
    target_id: Option<Uuid>,
    refusal: Option<&'static str>,
    count: u32,
    address: Option<IpAddr>,
    request_id: Option<&'a str>,
    session_id: Option<Uuid>,
}

#[derive(Serialize)]
struct FailedLogIns {
    failures: u32,
    last_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// Formats an export.
///
/// # Errors
/// If it cannot be serialized.
pub(super) fn export_json(export: &UserExport, now: DateTime<Utc>) -> serde_json::Result<String> {
    let user = &export.details.user;
    serde_json::to_string_pretty(&Export {
        exported_at: now,
        user: User::from(&export.details),
        sessions: export.sessions.iter().map(Session::from).collect(),
        one_time_link: export.link.as_ref().map(|link| OneTimeLink {
            kind: link.kind.as_str(),
            expires_at: link.expires_at,
        }),
        audit_events: export
            .audit_events
            .iter()
            .map(|view| AuditEvent::of(view, user))
            .collect(),
        failed_log_ins: export.failed_log_ins.as_ref().map(FailedLogIns::from),
        failed_log_ins_on_known_devices: export.failed_log_ins_on_known_devices.as_ref().map(FailedLogIns::from),
    })
}

impl<'a> From<&'a UserDetails> for User<'a> {
    fn from(details: &'a UserDetails) -> Self {
        let user = &details.user;
        Self {
            id: user.id.as_uuid(),
            username: &user.username,
            role: user.role.as_str(),
            is_active: user.is_active,
            is_invited: user.is_invited,
            created_at: user.created_at,
            updated_at: user.updated_at,
            last_seen_at: details.last_seen_at,
        }
    }
}

impl<'a> From<&'a SessionView> for Session<'a> {
    fn from(session: &'a SessionView) -> Self {
        Self {
            id: session.id.as_uuid(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            address: session.client.address,
            user_agent: session.client.user_agent.as_ref().map(|agent| agent.as_str()),
        }
    }
}

impl<'a> AuditEvent<'a> {
    /// Leaves out the origin and the session of an event by another user: they are data of that user.
    fn of(view: &'a AuditEventView, user: &UserView) -> Self {
        let event = &view.event;
        let actor_id = event.actor.user_id();
        let is_by_other = actor_id.is_some_and(|id| id != user.id);
        let provenance = Some(&event.provenance).filter(|_| !is_by_other);
        Self {
            id: event.id.as_uuid(),
            occurred_at: event.occurred_at,
            actor: event.actor.kind().name(),
            actor_id: actor_id.map(|id| id.as_uuid()),
            action: event.action.name(),
            target_id: event.target_id.map(|id| id.as_uuid()),
            refusal: event.refusal.map(|reason| reason.name()),
            count: event.count,
            address: provenance.and_then(|provenance| provenance.address),
            request_id: provenance.and_then(|provenance| provenance.request_id.as_deref()),
            session_id: event.actor.session_id().filter(|_| !is_by_other).map(|id| id.as_uuid()),
        }
    }
}

impl From<&ThrottleBucketState> for FailedLogIns {
    fn from(state: &ThrottleBucketState) -> Self {
        Self {
            failures: state.failures,
            last_at: state.last_at,
            expires_at: state.expires_at,
        }
    }
}
