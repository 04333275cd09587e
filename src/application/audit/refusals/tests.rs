use super::*;
use crate::domain::audit::AuditEventId;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// A log-in that is refused to somebody from that address, so many seconds after [`START`].
fn refusal(address: [u8; 4], seconds: i64) -> AuditEvent {
    let now = START + TimeDelta::seconds(seconds);
    AuditEvent {
        id: AuditEventId::first_at(now),
        occurred_at: now,
        actor: AuditActor::Anonymous,
        action: AuditAction::LogIn,
        target_id: Some(UserId::new(START, [1; 10])),
        refusal: Some(RefusalReason::InvalidCredentials),
        count: 1,
        provenance: Provenance {
            address: Some(address.into()),
            request_id: Some(format!("request-{seconds}").into()),
        },
    }
}

fn noted(notes: impl IntoIterator<Item = AuditEvent>) -> Refusals {
    let refusals = Refusals::default();
    notes.into_iter().for_each(|refusal| refusals.note(refusal));
    refusals
}

#[test]
fn the_first_of_a_kind_is_due_at_once_and_those_like_it_together_at_the_end() {
    let refusals = noted((0..10).map(|seconds| refusal([192, 0, 2, 1], seconds)));
    assert_eq!(refusals.take_due(START), [refusal([192, 0, 2, 1], 0)]);
    assert_eq!(refusals.take_due(START + TimeDelta::seconds(9)), []);

    let together = AuditEvent {
        count: 9,
        provenance: refusal([192, 0, 2, 1], 0).provenance,
        ..refusal([192, 0, 2, 1], 9)
    };
    assert_eq!(refusals.take_due(START + Refusals::WINDOW), [together]);
    assert_eq!(refusals.take_due(START + Refusals::WINDOW * 2), []);
}

#[test]
fn what_differs_is_told_apart() {
    let one = refusal([192, 0, 2, 1], 0);
    let others = [
        refusal([192, 0, 2, 2], 0),
        AuditEvent {
            refusal: Some(RefusalReason::Throttled),
            ..one.clone()
        },
        AuditEvent {
            action: AuditAction::ChangePassword,
            ..one.clone()
        },
        AuditEvent {
            target_id: None,
            ..one.clone()
        },
        AuditEvent {
            actor: AuditActor::User(UserId::new(START, [2; 10])),
            ..one.clone()
        },
    ];
    let all = [&[one], &others[..]].concat();
    assert_eq!(noted(all.clone()).take_due(START), all);
}

#[test]
fn a_flood_from_everywhere_is_counted_but_not_told_apart() {
    let flood = (0..=u16::MAX).map(|number| refusal([10, 0, (number >> 8) as u8, number as u8], 0));
    let refusals = noted(flood);
    let due = refusals.take_all();
    assert_eq!(due.len(), Refusals::MOST_KINDS + 2);
    assert_eq!(
        due.iter().map(|event| event.count).sum::<u32>(),
        u32::from(u16::MAX) + 1
    );
    let rest = due.last().unwrap();
    assert_eq!(
        (rest.actor, rest.target_id, rest.provenance.address),
        (AuditActor::Anonymous, None, None)
    );
    assert_eq!(refusals.take_all(), []);
}

#[test]
fn a_clock_that_is_set_back_ends_the_window() {
    let refusals = noted([refusal([192, 0, 2, 1], 0), refusal([192, 0, 2, 1], 0)]);
    assert_eq!(refusals.take_due(START - TimeDelta::seconds(1)).len(), 2);
}
