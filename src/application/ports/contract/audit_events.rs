use chrono::{DateTime, TimeDelta, Utc};

use super::{START, Storage};
use crate::{
    application::{
        audit_trail::{
            AuditAction, AuditActor, AuditActorKind, AuditEvent, AuditEventId, OperatorName, Provenance, RefusalReason,
        },
        paging::{AuditEventFilter, AuditEventPageRequest, PageLimit},
        ports::Expirable,
        testing::user,
        views::AuditEventView,
    },
    domain::{
        session::AuthSessionId,
        user::{Role, User},
    },
};

fn at(milliseconds: u8) -> DateTime<Utc> {
    START + TimeDelta::milliseconds(milliseconds.into())
}

/// The `number`th event, so many milliseconds after [`START`]: a log-in of `actor`.
fn event(number: u8, actor: &User) -> AuditEvent {
    AuditEvent {
        id: AuditEventId::new(at(number), [number; 10]),
        occurred_at: at(number),
        actor: AuditActor::User {
            id: actor.id(),
            session_id: Some(AuthSessionId::new(at(number), [number; 10])),
        },
        action: AuditAction::LogIn,
        target_id: Some(actor.id()),
        refusal: None,
        count: 1,
        provenance: Provenance::default(),
    }
}

async fn append(storage: &Storage, events: &[AuditEvent]) {
    let transaction = storage.begin().await;
    for event in events {
        transaction.audit_events().append(event).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

async fn views(storage: &Storage, filter: AuditEventFilter) -> Vec<AuditEventView> {
    let page = AuditEventPageRequest::default();
    storage.audit_events.list(&filter, &page).await.unwrap().events
}

async fn ids(storage: &Storage, filter: AuditEventFilter) -> Vec<AuditEventId> {
    let views = views(storage, filter).await;
    views.iter().map(|view| view.event.id).collect()
}

pub(crate) async fn an_event_comes_back_as_it_was_with_the_names_of_its_users(storage: Storage) {
    let (alice, brian) = (user("Alice", Role::Admin), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let granted = AuditEvent {
        action: AuditAction::GrantAdmin,
        target_id: Some(brian.id()),
        provenance: Provenance {
            address: Some("2001:db8::1".parse().unwrap()),
            request_id: Some("x".repeat(64).into()),
        },
        ..event(3, &alice)
    };
    let refused = AuditEvent {
        actor: AuditActor::Anonymous,
        refusal: Some(RefusalReason::InvalidCredentials),
        count: u32::MAX,
        ..event(2, &alice)
    };
    let gone = AuditEvent {
        actor: AuditActor::Operator {
            name: OperatorName::new("ops"),
        },
        target_id: None,
        ..event(1, &user("nobody", Role::User))
    };
    let signed_up = AuditEvent {
        actor: AuditActor::User {
            id: brian.id(),
            session_id: None,
        },
        target_id: None,
        ..event(5, &brian)
    };
    let several = AuditEvent {
        actor: AuditActor::Several,
        target_id: None,
        ..refused.clone()
    };
    let several = AuditEvent {
        id: event(4, &alice).id,
        ..several
    };
    let all = [&granted, &refused, &gone, &signed_up, &several].map(Clone::clone);
    append(&storage, &all).await;

    let view = |event, actor: Option<&str>, target: Option<&str>| AuditEventView {
        event,
        actor_username: actor.map(str::to_owned),
        target_username: target.map(str::to_owned),
    };
    assert_eq!(
        views(&storage, AuditEventFilter::default()).await,
        [
            view(signed_up, Some("brian"), None),
            view(several, None, None),
            view(granted, Some("Alice"), Some("brian")),
            view(refused, None, Some("Alice")),
            view(gone, None, None),
        ]
    );
}

pub(crate) async fn an_event_of_what_was_not_committed_is_not_there(storage: Storage) {
    let transaction = storage.begin().await;
    let appended = transaction
        .audit_events()
        .append(&event(1, &user("alice", Role::User)))
        .await;
    appended.unwrap();
    drop(transaction);
    assert_eq!(views(&storage, AuditEventFilter::default()).await, []);
}

pub(crate) async fn events_are_listed_newest_first_in_pages_that_do_not_shift(storage: Storage) {
    let alice = user("alice", Role::User);
    let events = [1, 2, 3, 4, 5].map(|number| event(number, &alice));
    append(&storage, &events).await;
    let mut after = None;
    for (wanted, has_next, newer) in [(&[5, 4][..], true, 11), (&[3, 2], true, 12), (&[1], false, 13)] {
        let page = AuditEventPageRequest {
            limit: PageLimit::new(2).unwrap(),
            after,
        };
        let page = storage
            .audit_events
            .list(&AuditEventFilter::default(), &page)
            .await
            .unwrap();
        let ids = Vec::from_iter(page.events.iter().map(|view| view.event.id));
        let wanted = Vec::from_iter(wanted.iter().map(|number| event(*number, &alice).id));
        assert_eq!(ids, wanted);
        assert_eq!(page.next, wanted.last().copied().filter(|_| has_next));
        after = page.next;
        // What comes meanwhile is on no later page.
        append(&storage, &[event(newer, &alice)]).await;
    }
}

pub(crate) async fn filters_let_through_what_they_say(storage: Storage) {
    let (alice, brian) = (user("alice", Role::Admin), user("brian", Role::User));
    let by_alice = event(1, &alice);
    let to_brian = AuditEvent {
        action: AuditAction::InactivateUser,
        target_id: Some(brian.id()),
        ..event(2, &alice)
    };
    let refused = AuditEvent {
        refusal: Some(RefusalReason::NotAuthorized),
        target_id: None,
        ..event(3, &brian)
    };
    let by_operator = AuditEvent {
        actor: AuditActor::Operator { name: None },
        ..event(0, &alice)
    };
    append(
        &storage,
        &[&by_operator, &by_alice, &to_brian, &refused].map(Clone::clone),
    )
    .await;

    let all = AuditEventFilter::default();
    for (filter, wanted) in [
        (
            AuditEventFilter {
                actor_kind: Some(AuditActorKind::Operator),
                ..all
            },
            &[&by_operator][..],
        ),
        (
            AuditEventFilter {
                actor_id: Some(alice.id()),
                ..all
            },
            &[&to_brian, &by_alice],
        ),
        (
            AuditEventFilter {
                target_id: Some(brian.id()),
                ..all
            },
            &[&to_brian],
        ),
        (
            AuditEventFilter {
                action: Some(AuditAction::LogIn),
                ..all
            },
            &[&refused, &by_alice, &by_operator],
        ),
        (
            AuditEventFilter {
                is_refused: Some(true),
                ..all
            },
            &[&refused],
        ),
        (
            AuditEventFilter {
                is_refused: Some(false),
                ..all
            },
            &[&to_brian, &by_alice, &by_operator],
        ),
        (
            AuditEventFilter {
                since: Some(at(2)),
                ..all
            },
            &[&refused, &to_brian],
        ),
        (
            AuditEventFilter {
                until: Some(at(2)),
                ..all
            },
            &[&by_alice, &by_operator],
        ),
        (
            AuditEventFilter {
                actor_id: Some(alice.id()),
                since: Some(at(2)),
                until: Some(at(3)),
                ..all
            },
            &[&to_brian],
        ),
    ] {
        let wanted = Vec::from_iter(wanted.iter().map(|event| event.id));
        assert_eq!(ids(&storage, filter).await, wanted, "{filter:?}");
    }
}

pub(crate) async fn the_addresses_of_an_actor_are_removed_and_no_others(storage: Storage) {
    let (alice, brian) = (user("alice", Role::Admin), user("brian", Role::User));
    let address = Some("192.0.2.1".parse().unwrap());
    let provenance = Provenance {
        address,
        request_id: Some("request".into()),
    };
    let by = |number, actor| AuditEvent {
        target_id: Some(alice.id()),
        provenance: provenance.clone(),
        ..event(number, actor)
    };
    let by_stranger = AuditEvent {
        actor: AuditActor::Anonymous,
        ..by(2, &alice)
    };
    append(&storage, &[by(1, &brian), by_stranger, by(3, &alice)]).await;

    let transaction = storage.begin().await;
    let removed = transaction.audit_events().remove_addresses_of(alice.id()).await;
    removed.unwrap();
    transaction.commit().await.unwrap();

    let views = views(&storage, AuditEventFilter::default()).await;
    let left = Vec::from_iter(views.iter().map(|view| view.event.provenance.address));
    assert_eq!(left, [None, address, address]);
    let request_ids = views.iter().map(|view| view.event.provenance.request_id.as_deref());
    assert!(request_ids.into_iter().all(|id| id == Some("request")));
}

pub(crate) async fn old_events_are_deleted_up_to_the_limit_the_oldest_first(storage: Storage) {
    let alice = user("alice", Role::User);
    append(&storage, &[4, 2, 1, 3].map(|number| event(number, &alice))).await;
    for (deleted, left) in [(2, &[4, 3][..]), (1, &[4]), (0, &[4])] {
        let transaction = storage.begin().await;
        let purged = transaction.purge(Expirable::AuditEvents, at(4), 2).await;
        assert_eq!(purged.unwrap(), deleted);
        transaction.commit().await.unwrap();
        let left = Vec::from_iter(left.iter().map(|number| event(*number, &alice).id));
        assert_eq!(ids(&storage, AuditEventFilter::default()).await, left);
    }
}
