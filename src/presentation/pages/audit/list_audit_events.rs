//! `/console/audit`.

use std::fmt;

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    application::{
        audit_trail::{AuditAction, AuditActorKind},
        paging::{AuditEventFilter, AuditEventPageRequest, PageLimit},
        queries::audit::{ListAuditEvents, ListAuditEventsError},
        views::AuditEventView,
    },
    presentation::{
        http::{
            extract::{Authenticated, Params, QueryParams},
            failure::Failure,
            fields::ParamValue,
        },
        pages::{
            filter::{Filter, LocalTime},
            labels,
            visit::{Shell, Visit},
        },
    },
};

/// Filters and page of the list.
#[derive(Debug, Deserialize)]
pub struct ListAuditEventsParams {
    #[serde(default)]
    action: Filter<AuditAction>,
    #[serde(default)]
    outcome: Filter<Outcome>,
    #[serde(default)]
    since: Filter<LocalTime>,
    #[serde(default)]
    until: Filter<LocalTime>,
    #[serde(default)]
    actor_id: Filter<Uuid>,
    #[serde(default)]
    target_id: Filter<Uuid>,
    #[serde(default)]
    after: Filter<Uuid>,
}

/// The outcome of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Refused,
}

#[derive(Template)]
#[template(path = "audit/list_audit_events.html")]
struct ListAuditEventsPage {
    shell: Shell,
    params: ListAuditEventsParams,
    events: Vec<AuditEventView>,
    next: Option<String>,
}

/// Lists events of the audit trail, newest first.
pub async fn list_audit_events(
    Authenticated(actor, Params(params)): Authenticated<Params<ListAuditEventsParams>>,
    visit: Visit,
    list_audit_events: Data<ListAuditEvents>,
) -> Result<HttpResponse, Failure<ListAuditEventsError>> {
    let request = AuditEventPageRequest {
        limit: PageLimit::default(),
        after: params.after.0.map(Into::into),
    };
    let page = list_audit_events.execute(&actor, &params.filter(), &request).await?;
    Ok(visit.page(&ListAuditEventsPage {
        shell: visit.shell(&actor),
        next: page.next.map(|id| params.address_after(id.as_uuid())),
        params,
        events: page.events,
    }))
}

impl QueryParams for ListAuditEventsParams {}

impl ListAuditEventsParams {
    fn filter(&self) -> AuditEventFilter {
        AuditEventFilter {
            actor_kind: None,
            actor_id: self.actor_id.0.map(Into::into),
            target_id: self.target_id.0.map(Into::into),
            action: self.action.0,
            is_refused: self.outcome.0.map(|outcome| outcome == Outcome::Refused),
            since: self.since.0.map(|time| time.0),
            until: self.until.0.map(|time| time.0),
        }
    }

    /// Returns the address of the page after `cursor`, with the same filters.
    fn address_after(&self, cursor: Uuid) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let filters = [
            ("action", self.action.0.map(|action| action.name().to_owned())),
            ("outcome", self.outcome.0.map(|outcome| outcome.name().to_owned())),
            ("since", self.since.0.map(|time| time.to_string())),
            ("until", self.until.0.map(|time| time.to_string())),
            ("actor_id", self.actor_id.0.map(|id| id.to_string())),
            ("target_id", self.target_id.0.map(|id| id.to_string())),
            ("after", Some(cursor.to_string())),
        ];
        for (name, value) in filters {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        format!("/console/audit?{}", query.finish())
    }

    /// Returns whether the list is filtered, or begins at a later page.
    fn is_narrowed(&self) -> bool {
        let filter = self.filter();
        filter.actor_id.is_some()
            || filter.target_id.is_some()
            || filter.action.is_some()
            || filter.is_refused.is_some()
            || filter.since.is_some()
            || filter.until.is_some()
            || self.after.0.is_some()
    }
}

impl Outcome {
    const ALL: [Self; 2] = [Self::Success, Self::Refused];

    fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
        }
    }
}

impl ParamValue for Outcome {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.name() == text);
        found.ok_or("must be `success` or `refused`")
    }
}

impl ListAuditEventsPage {
    /// Returns who acted, if it was no user.
    fn other_actor(event: &AuditEventView) -> String {
        let actor = &event.event.actor;
        match (actor.kind(), actor.operator_name()) {
            (AuditActorKind::Operator, Some(name)) => format!("Operator {}", name.as_str()),
            (kind, _) => labels::words(kind.name()),
        }
    }
}
