use std::net::{IpAddr, Ipv6Addr};

use super::*;
use crate::application::audit_trail::AuditEventId;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// A rejected log-in to the `number`th user from `address`, `seconds` after [`START`].
fn refusal(number: u8, address: impl Into<IpAddr>, seconds: i64) -> AuditEvent {
    let now = START + TimeDelta::seconds(seconds);
    AuditEvent {
        id: AuditEventId::first_at(now),
        occurred_at: now,
        actor: AuditActor::Anonymous,
        action: AuditAction::LogIn,
        target_id: Some(user_id(number)),
        refusal: Some(RefusalReason::InvalidCredentials),
        count: 1,
        provenance: Provenance {
            address: Some(address.into()),
            request_id: Some(format!("request-{seconds}").into()),
        },
    }
}

/// A rejected log-in with a name that no user has.
fn of_nobody(address: impl Into<IpAddr>) -> AuditEvent {
    AuditEvent {
        target_id: None,
        ..refusal(0, address, 0)
    }
}

/// A rejected request of the `number`th user to list users.
fn of_user(number: u8, address: impl Into<IpAddr>) -> AuditEvent {
    AuditEvent {
        actor: AuditActor::User {
            id: user_id(number),
            session_id: None,
        },
        action: AuditAction::ListUsers,
        target_id: None,
        refusal: Some(RefusalReason::NotAuthorized),
        ..refusal(0, address, 0)
    }
}

fn user_id(number: u8) -> UserId {
    UserId::new(START, [number; 10])
}

/// An address in the `subnet`th /64 network of the `number`th /48 network.
fn ipv6(number: u16, subnet: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, number, subnet, 0, 0, 0, 1)
}

fn noted(notes: impl IntoIterator<Item = AuditEvent>) -> Refusals {
    let refusals = Refusals::default();
    for refusal in notes {
        refusals.note(refusal);
    }
    refusals
}

/// The number of events of several actors, and the sum of their counts.
fn several(events: &[AuditEvent]) -> (usize, u32) {
    let several = events.iter().filter(|event| event.actor == AuditActor::Several);
    several.fold((0, 0), |(events, count), event| (events + 1, count + event.count))
}

#[test]
fn the_first_refusal_of_a_kind_is_due_at_once_and_later_ones_together() {
    let first = || refusal(1, [192, 0, 2, 1], 0);
    let refusals = noted((0..10).map(|seconds| refusal(1, [192, 0, 2, 1], seconds)));
    assert_eq!(refusals.take_due(START), [first()]);
    assert_eq!(refusals.take_due(START + TimeDelta::seconds(9)), []);

    let together = AuditEvent {
        count: 9,
        provenance: first().provenance,
        ..refusal(1, [192, 0, 2, 1], 9)
    };
    assert_eq!(refusals.take_due(START + Refusals::WINDOW), [together]);
    assert_eq!(refusals.take_due(START + Refusals::WINDOW * 2), []);
}

#[test]
fn different_refusals_are_kept_apart() {
    let one = refusal(1, [192, 0, 2, 1], 0);
    let others = [
        refusal(2, [192, 0, 2, 1], 0),
        refusal(1, [192, 0, 2, 2], 0),
        AuditEvent {
            refusal: Some(RefusalReason::Throttled),
            ..one.clone()
        },
        AuditEvent {
            action: AuditAction::ChangePassword,
            ..one.clone()
        },
        of_nobody([192, 0, 2, 1]),
        of_user(1, [192, 0, 2, 1]),
    ];
    let all = [&[one], &others[..]].concat();
    assert_eq!(noted(all.clone()).take_due(START), all);
}

#[test]
fn the_addresses_of_one_network_are_alike() {
    let refusals = noted((0..520).map(|host| of_nobody(Ipv6Addr::from_bits(ipv6(1, 1).to_bits() + host))));
    let due = refusals.take_all();
    assert_eq!(Vec::from_iter(due.iter().map(|event| event.count)), [1, 519]);
    assert!(
        due.iter()
            .all(|event| event.provenance == of_nobody(ipv6(1, 1)).provenance)
    );
}

#[test]
fn strangers_hide_neither_refusals_of_users_nor_attempts_at_users() {
    let flood = (0..520).map(|number| of_nobody(ipv6(number, 0)));
    let at_users = (0..520).map(|number| refusal(1, ipv6(number, 0), 0));
    let refusals = noted(flood.chain([of_user(1, ipv6(7, 7)), refusal(1, ipv6(7, 7), 0)]));
    let due = refusals.take_all();
    assert!(due.contains(&of_user(1, ipv6(7, 7))) && due.contains(&refusal(1, ipv6(7, 7), 0)));

    let due = noted(at_users.chain([of_user(1, ipv6(7, 7))])).take_all();
    assert!(due.contains(&of_user(1, ipv6(7, 7))));
}

#[test]
fn one_network_does_not_hide_refusals_from_others() {
    let from_one = |subnet: u16| refusal(subnet as u8, ipv6(1, subnet), 0);
    let due = noted((0..520).map(from_one).chain([refusal(9, ipv6(2, 0), 0)])).take_all();

    assert!(due.contains(&refusal(9, ipv6(2, 0), 0)));
    let overflow = 520 - Refusals::MAX_KINDS_OF_ONE as u32;
    assert_eq!(several(&due), (2, overflow));
    let of_several = due.iter().filter(|event| event.actor == AuditActor::Several);
    for event in of_several {
        assert_eq!(event.target_id, None);
        assert_eq!(event.provenance.address, from_one(20).provenance.address);
    }
}

#[test]
fn one_user_does_not_hide_refusals_of_others() {
    let of_one = |subnet: u16| of_user(1, ipv6(subnet, subnet));
    let due = noted((0..520).map(of_one).chain([of_user(2, ipv6(2, 0))])).take_all();

    assert!(due.contains(&of_user(2, ipv6(2, 0))));
    assert_eq!(several(&due), (2, 520 - Refusals::MAX_KINDS_OF_ONE as u32));
}

#[test]
fn a_flood_from_everywhere_is_counted_without_names() {
    let flood = (0..=u16::MAX).map(|number| refusal(number as u8, ipv6(number, 0), 0));
    let refusals = noted(flood);
    let due = refusals.take_all();
    assert_eq!(due.len(), Refusals::MAX_KINDS + 2);
    assert_eq!(due.iter().map(|event| event.count).sum::<u32>(), 65_536);
    let rest = due.last().unwrap();
    assert_eq!(
        (&rest.actor, rest.target_id, &rest.provenance),
        (&AuditActor::Several, None, &Provenance::default())
    );
    assert_eq!(refusals.take_all(), []);
}

#[test]
fn a_clock_that_is_set_back_ends_the_window() {
    let refusals = noted([refusal(1, [192, 0, 2, 1], 0), refusal(1, [192, 0, 2, 1], 0)]);
    assert_eq!(refusals.take_due(START - TimeDelta::seconds(1)).len(), 2);
}
