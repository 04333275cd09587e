//! `gatehouse audit`.

use chrono::SecondsFormat;

use super::{
    arguments::{AuditArguments, Outcome},
    terminal::say,
};
use crate::{
    application::{
        queries::operator::{ReadAuditTrail, ReadAuditTrailRequest},
        views::{AuditEventPageRequest, AuditEventView, PageLimit},
    },
    domain::{audit::AuditActor, user::UserId},
};

/// Prints the events that are asked for, a line each.
///
/// # Errors
/// If nobody has a name that is given, or the database fails.
pub(super) async fn show_audit_trail(
    arguments: AuditArguments,
    read_audit_trail: &ReadAuditTrail,
) -> anyhow::Result<()> {
    let mut left = arguments.limit;
    let mut request = ReadAuditTrailRequest {
        actor: arguments.actor,
        target: arguments.target,
        action: arguments.action,
        is_refused: arguments.outcome.map(|outcome| outcome == Outcome::Refused),
        since: arguments.since,
        until: arguments.until,
        page: AuditEventPageRequest::default(),
    };
    while left > 0 {
        let limit = left.min(PageLimit::MAX.into());
        request.page.limit = PageLimit::new(u32::try_from(limit)?)?;
        let page = read_audit_trail.execute(&request).await?;
        for view in &page.events {
            say(line(view))?;
        }
        left -= page.events.len() as u64;
        request.page.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    Ok(())
}

/// The event as one line: when, who, what, whom, what became of it and how often, from where, and in which request.
fn line(view: &AuditEventView) -> String {
    let event = &view.event;
    let actor = match event.actor {
        AuditActor::User(id) => user(Some(id), view.actor_username.as_deref()),
        AuditActor::Operator | AuditActor::Anonymous => event.actor.kind().to_owned(),
    };
    let target = user(event.target_id, view.target_username.as_deref());
    let outcome = event.refusal.map_or("success", |reason| reason.name());
    let count = if event.count > 1 {
        format!(" x{}", event.count)
    } else {
        String::new()
    };
    let address = event
        .provenance
        .address
        .map_or("-".to_owned(), |address| address.to_string());
    format!(
        "{} {actor} {} {target} {outcome}{count} {address} {}",
        event.occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        event.action.name(),
        event.provenance.request_id.as_deref().unwrap_or("-"),
    )
}

/// A user by name; by id, if the name is not known any more.
fn user(id: Option<UserId>, username: Option<&str>) -> String {
    let id = || id.map_or("-".to_owned(), |id| id.to_string());
    username.map_or_else(id, str::to_owned)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::audit::{AuditAction, AuditEvent, AuditEventId, Provenance, RefusalReason};

    #[test]
    fn an_event_is_one_line_for_people_and_for_awk() {
        let time = DateTime::UNIX_EPOCH;
        let mut view = AuditEventView {
            event: AuditEvent {
                id: AuditEventId::first_at(time),
                occurred_at: time,
                actor: AuditActor::Anonymous,
                action: AuditAction::LogIn,
                target_id: Some(UserId::new(time, [1; 10])),
                refusal: Some(RefusalReason::InvalidCredentials),
                count: 7,
                provenance: Provenance {
                    address: Some([192, 0, 2, 1].into()),
                    request_id: Some("request".into()),
                },
            },
            actor_username: None,
            target_username: Some("alice".to_owned()),
        };
        assert_eq!(
            line(&view),
            "1970-01-01T00:00:00.000Z anonymous log_in alice invalid_credentials x7 192.0.2.1 request"
        );

        view.event = AuditEvent {
            actor: AuditActor::Operator,
            target_id: None,
            refusal: None,
            count: 1,
            provenance: Provenance::default(),
            ..view.event
        };
        view.target_username = None;
        assert_eq!(line(&view), "1970-01-01T00:00:00.000Z operator log_in - success - -");
    }
}
