//! `GET /api/v1/audit/`.

use std::fmt;

use chrono::{DateTime, Utc};
use paperclip::actix::{
    Apiv2Schema, api_v2_operation,
    web::{Data, Json},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::audit_event_view::{AuditEventView, OutcomeName};
use crate::{
    application::{
        audit_trail::AuditAction,
        paging::{AuditEventFilter, AuditEventPage, AuditEventPageRequest, PageLimit},
        ports::StorageError,
        queries::audit::{ListAuditEvents, ListAuditEventsError},
    },
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, Params, QueryParams},
        failure::{Failure, refusals},
        fields::{OrDefault, Param, ParamValue},
    },
};

/// Filters and page of the list of events.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct ListAuditEventsParams {
    /// Maximum number of events to return.
    #[serde(default)]
    limit: OrDefault<Param<PageLimit>>,
    /// Only events after this cursor: the `next_cursor` of the previous page.
    after: Option<Uuid>,
    /// Only actions of the user with this id.
    actor_id: Option<Uuid>,
    /// Only actions on the user with this id.
    target_id: Option<Uuid>,
    /// Only this action.
    action: Option<Param<AuditAction>>,
    /// Only successful, or only refused actions.
    outcome: Option<OutcomeName>,
    /// Only events from this time on, with millisecond precision.
    since: Option<Param<DateTime<Utc>>>,
    /// Only events before this time, with millisecond precision.
    until: Option<Param<DateTime<Utc>>>,
}

/// A page of events.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct AuditEventList {
    /// The events on this page, newest first.
    events: Vec<AuditEventView>,
    /// The parameter `after` of the next page, if there is one.
    next_cursor: Option<Uuid>,
}

refusals! {
    ListAuditEventsError {
        Self::NotAuthorized(_) => NotAuthorized,
    } delegating {
        Storage(StorageError),
    }
}

fn event() -> Value {
    json!({
        "id": samples::ID,
        "occurred_at": samples::TIME,
        "actor": "user",
        "actor_id": samples::ID,
        "actor_username": samples::ADA,
        "session_id": samples::ID,
        "operator_name": null,
        "action": "change_password",
        "target_id": samples::ID,
        "target_username": samples::ADA,
        "outcome": "success",
        "refusal": null,
        "count": 1,
        "address": "192.0.2.1",
        "request_id": samples::ID,
    })
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(|| json!({ "events": [event()], "next_cursor": samples::ID })),
    ..Details::of("listAuditEvents")
};

/// List audit events.
///
/// Open to super admins. Lists successful and refused actions, newest first. Each node counts similar refusals of one
/// minute together. Rejects other callers, and unknown parameters.
#[api_v2_operation(tags(Audit), operation_id = "listAuditEvents")]
pub async fn list_audit_events(
    Authenticated(actor, Params(params)): Authenticated<Params<ListAuditEventsParams>>,
    list_audit_events: Data<ListAuditEvents>,
) -> Result<Json<AuditEventList>, Failure<ListAuditEventsError>> {
    let page = AuditEventPageRequest {
        limit: params.limit.0.0,
        after: params.after.map(Into::into),
    };
    let page = list_audit_events.execute(&actor, &params.filter(), &page).await?;
    Ok(Json(page.into()))
}

impl QueryParams for ListAuditEventsParams {}

impl ListAuditEventsParams {
    fn filter(&self) -> AuditEventFilter {
        AuditEventFilter {
            actor_kind: None,
            actor_id: self.actor_id.map(Into::into),
            target_id: self.target_id.map(Into::into),
            action: self.action.as_ref().map(|action| action.0),
            is_refused: self.outcome.map(|outcome| matches!(outcome, OutcomeName::Refused)),
            since: self.since.map(|time| time.0),
            until: self.until.map(|time| time.0),
        }
    }
}

impl From<AuditEventPage> for AuditEventList {
    fn from(page: AuditEventPage) -> Self {
        Self {
            events: page.events.into_iter().map(Into::into).collect(),
            next_cursor: page.next.map(|id| id.as_uuid()),
        }
    }
}

impl ParamValue for AuditAction {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        Self::named(text).ok_or("must be the name of an action, such as log_in")
    }
}
