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

/// Which events are wanted.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct ListAuditEventsParams {
    /// How many events at the most.
    #[serde(default)]
    limit: OrDefault<Param<PageLimit>>,
    /// Only those after this one, in the order of the list: the `next_cursor` of the page before.
    after: Option<Uuid>,
    /// Only what the user of this id did, or was refused.
    actor_id: Option<Uuid>,
    /// Only what was done to the user of this id.
    target_id: Option<Uuid>,
    /// Only this action.
    action: Option<Param<AuditAction>>,
    /// Only what was done, or only what was refused.
    outcome: Option<OutcomeName>,
    /// Only from this time on, to the millisecond.
    since: Option<Param<DateTime<Utc>>>,
    /// Only before this time, to the millisecond.
    until: Option<Param<DateTime<Utc>>>,
}

/// A page of events.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct AuditEventList {
    /// The events on this page, the newest first.
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

/// What the OpenAPI document says besides.
pub const DETAILS: Details = Details {
    response: Some(|| json!({ "events": [event()], "next_cursor": samples::ID })),
    ..Details::of("listAuditEvents")
};

/// List what was done and what was refused.
///
/// Open to super admins. The newest events come first. Alike refusals are counted together for a minute, by each node for
/// itself. Refuses others, and parameters that it does not know.
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
