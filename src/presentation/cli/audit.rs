//! `gatehouse audit`.

use std::{
    fmt::Display,
    io::{self, IsTerminal},
};

use anyhow::bail;
use chrono::{DateTime, SecondsFormat, Utc};

use super::{
    arguments::{AuditArguments, Outcome},
    terminal::say,
};
use crate::{
    application::{
        audit_trail::AuditActor,
        paging::{AuditEventPageRequest, PageLimit},
        queries::operator::{ReadAuditTrail, ReadAuditTrailRequest},
        views::AuditEventView,
    },
    domain::user::UserId,
};

/// The columns of a line.
const HEADING: &str = "TIME ACTOR ACTION TARGET OUTCOME ADDRESS REQUEST SESSION COUNT";

/// Prints the matching events, one per line; on a terminal, below a heading.
///
/// # Errors
/// If a named user does not exist, the times exclude every event, or the database fails.
pub(super) async fn show_audit_trail(
    arguments: AuditArguments,
    read_audit_trail: &ReadAuditTrail,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let [since, until] = [arguments.since, arguments.until].map(|time| time.map(|moment| moment.resolve(now)));
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        bail!("no event can match: --until must be later than --since");
    }
    let mut left = arguments.limit;
    let mut request = ReadAuditTrailRequest {
        actor: arguments.actor,
        target: arguments.target,
        action: arguments.action,
        is_refused: arguments.outcome.map(|outcome| outcome == Outcome::Refused),
        since,
        until,
        page: AuditEventPageRequest::default(),
    };
    if io::stdout().is_terminal() {
        say(HEADING)?;
    }
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

/// Formats the event as one line with the columns of [`HEADING`], none of which contains a space.
fn line(view: &AuditEventView) -> String {
    let event = &view.event;
    let columns = [
        event.occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        actor(&event.actor, view.actor_username.as_deref()),
        event.action.name().to_owned(),
        user(event.target_id, view.target_username.as_deref()),
        event.refusal.map_or("success", |reason| reason.name()).to_owned(),
        or_dash(event.provenance.address),
        or_dash(event.provenance.request_id.as_deref()),
        or_dash(event.actor.session_id()),
        event.count.to_string(),
    ];
    columns.join(" ")
}

/// Returns the name of a user, or `@` and the kind of any other actor.
fn actor(actor: &AuditActor, username: Option<&str>) -> String {
    let kind = actor.kind().name();
    match actor {
        AuditActor::User { id, .. } => user(Some(*id), username),
        AuditActor::Operator { name: Some(name) } => format!("@{kind}:{}", name.as_str()),
        AuditActor::Operator { name: None } | AuditActor::Anonymous | AuditActor::Several => format!("@{kind}"),
    }
}

/// Returns the name of a user, or the id if the user no longer exists.
fn user(id: Option<UserId>, username: Option<&str>) -> String {
    username.map_or_else(|| or_dash(id), str::to_owned)
}

fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{
        application::audit_trail::{AuditAction, AuditEvent, AuditEventId, OperatorName, Provenance, RefusalReason},
        domain::{session::AuthSessionId, user::Username},
    };

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
            "1970-01-01T00:00:00.000Z @anonymous log_in alice invalid_credentials 192.0.2.1 request - 7"
        );

        view.event = AuditEvent {
            target_id: None,
            refusal: None,
            count: 1,
            provenance: Provenance::default(),
            ..view.event
        };
        view.target_username = None;
        assert_eq!(
            line(&view),
            "1970-01-01T00:00:00.000Z @anonymous log_in - success - - - 1"
        );
        assert_eq!(line(&view).split(' ').count(), HEADING.split(' ').count());
    }

    #[test]
    fn what_is_no_user_is_called_what_no_user_can_be() {
        let (id, session_id) = (UserId::new(DateTime::UNIX_EPOCH, [1; 10]), None);
        let user = AuditActor::User { id, session_id };
        assert_eq!(actor(&user, Some("operator")), "operator");
        assert_eq!(actor(&user, None), id.to_string());

        let name = OperatorName::new("root");
        for (other, shown) in [
            (AuditActor::Operator { name }, "@operator:root"),
            (AuditActor::Operator { name: None }, "@operator"),
            (AuditActor::Anonymous, "@anonymous"),
            (AuditActor::Several, "@several"),
        ] {
            assert_eq!(actor(&other, None), shown);
            assert!(Username::new(shown).is_err());
        }
    }

    #[test]
    fn the_session_of_a_user_is_shown() {
        let time = DateTime::UNIX_EPOCH;
        let session_id = AuthSessionId::new(time, [2; 10]);
        let view = AuditEventView {
            event: AuditEvent {
                id: AuditEventId::first_at(time),
                occurred_at: time,
                actor: AuditActor::User {
                    id: UserId::new(time, [1; 10]),
                    session_id: Some(session_id),
                },
                action: AuditAction::LogOut,
                target_id: None,
                refusal: None,
                count: 1,
                provenance: Provenance::default(),
            },
            actor_username: Some("alice".to_owned()),
            target_username: None,
        };
        assert_eq!(
            line(&view),
            format!("1970-01-01T00:00:00.000Z alice log_out - success - - {session_id} 1")
        );
    }
}
