//! `GET /api/v1/audit/`.

use chrono::{DateTime, Utc};
use paperclip::{
    actix::{
        Apiv2Schema, api_v2_operation,
        web::{Data, Json},
    },
    v2::{models::DataType, schema::TypedData},
};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::audit_event_view::{AuditEventView, OutcomeName};
use crate::{
    application::{
        audit_trail::AuditAction,
        ports::StorageError,
        queries::audit::{ListAuditEvents, ListAuditEventsError},
        views::{AuditEventFilter, AuditEventPage, AuditEventPageRequest},
    },
    presentation::http::{
        extract::{Authenticated, Params, QueryParams},
        failure::{Failure, refusals},
        fields::{
            OrDefault,
            query_param::{LimitParam, read, time},
        },
    },
};

/// Which events are wanted.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct ListAuditEventsParams {
    /// How many events at the most.
    #[serde(default)]
    limit: OrDefault<LimitParam>,
    /// Only those after this one, in the order of the list: the `next_cursor` of the page before.
    after: Option<Uuid>,
    /// Only what the user of this id did, or was refused.
    actor_id: Option<Uuid>,
    /// Only what was done to the user of this id.
    target_id: Option<Uuid>,
    /// Only this action.
    action: Option<ActionParam>,
    /// Only what was done, or only what was refused.
    outcome: Option<OutcomeName>,
    /// Only from this time on, to the millisecond.
    #[serde(default, deserialize_with = "time")]
    since: Option<DateTime<Utc>>,
    /// Only before this time, to the millisecond.
    #[serde(default, deserialize_with = "time")]
    until: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct ActionParam(AuditAction);

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

/// List what was done and what was refused.
///
/// Open to super admins. The newest events come first. Alike refusals are counted together for a minute, by each node for
/// itself. Refuses others, and parameters that it does not know.
#[api_v2_operation(tags(Audit), operation_id = "listAuditEvents")]
pub async fn list_audit_events(
    Authenticated {
        actor,
        inner: Params(params),
    }: Authenticated<Params<ListAuditEventsParams>>,
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
            since: self.since,
            until: self.until,
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

impl<'de> Deserialize<'de> for ActionParam {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer, |text| {
            let action = AuditAction::named(text).map(Self);
            action.ok_or("must be the name of an action, such as log_in")
        })
    }
}

impl TypedData for ActionParam {
    fn data_type() -> DataType {
        DataType::String
    }
}
