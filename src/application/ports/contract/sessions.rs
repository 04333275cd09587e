use chrono::{DateTime, TimeDelta, Utc};

use super::{START, Storage, lifetime, secret, session};
use crate::{
    application::{
        ports::{Expirable, StorageError},
        testing::user,
    },
    domain::{
        session::{AuthSession, AuthSessionState, ClientDetails, UserAgent},
        user::{Role, User},
    },
};

pub(crate) async fn a_live_session_comes_back_as_it_was(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let (one, other) = (session(&alice, 1), session(&alice, 2));
    storage.insert_sessions(&[&one, &other]).await;

    let transaction = storage.begin().await;
    for session in [one, other] {
        let just_before = session.expires_at() - TimeDelta::microseconds(1);
        let found = transaction
            .sessions()
            .find_live_for_update(session.id(), just_before)
            .await;
        assert_eq!(found.unwrap(), Some(session));
    }
}

pub(crate) async fn a_session_of_an_unknown_client_comes_back_as_it_was(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    for (number, address) in [(1, None), (2, Some("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"))] {
        let session = AuthSession::restore(AuthSessionState {
            client: ClientDetails {
                address: address.map(|address| address.parse().unwrap()),
                user_agent: address.and_then(|_| UserAgent::new(&"ü".repeat(UserAgent::MAX_LENGTH))),
            },
            ..session(&alice, number).state().clone()
        });
        storage.insert_sessions(&[&session]).await;
        let identity = storage.identities.find_identity(&secret(number).digest()).await;
        assert_eq!(identity.unwrap().unwrap().session, session);
    }
}

pub(crate) async fn a_session_that_has_expired_is_not_live(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let session = session(&alice, 1);
    storage.insert_sessions(&[&session]).await;

    let transaction = storage.begin().await;
    let end = session.expires_at();
    for (now, is_live) in [(end - TimeDelta::microseconds(1), true), (end, false)] {
        let found = transaction.sessions().find_live_for_update(session.id(), now).await;
        assert_eq!(found.unwrap().is_some(), is_live, "{now}");
        let listed = storage.sessions.list_live(alice.id(), now).await.unwrap();
        assert_eq!(!listed.is_empty(), is_live, "{now}");
    }
}

pub(crate) async fn a_session_of_nobody_is_refused(storage: Storage) {
    let nobody = user("nobody", Role::User);
    let transaction = storage.begin().await;
    let refusal = transaction.sessions().insert(&session(&nobody, 1)).await;
    assert!(matches!(refusal, Err(StorageError::Failed(_))));
}

pub(crate) async fn a_saved_session_is_opened_by_its_new_secret_only(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let mut session = session(&alice, 1);
    storage.insert_sessions(&[&session]).await;

    session.replace_secret(&secret(2), &lifetime(), START + TimeDelta::minutes(1));
    let transaction = storage.begin().await;
    transaction.sessions().save(&session).await.unwrap();
    transaction.commit().await.unwrap();

    let by_old = storage.identities.find_identity(&secret(1).digest()).await.unwrap();
    assert!(by_old.is_none());
    let by_new = storage.identities.find_identity(&secret(2).digest()).await.unwrap();
    assert_eq!(by_new.unwrap().session, session);
}

pub(crate) async fn a_deleted_session_is_gone(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let (one, other) = (session(&alice, 1), session(&alice, 2));
    storage.insert_sessions(&[&one, &other]).await;

    let transaction = storage.begin().await;
    assert!(transaction.sessions().delete(one.id()).await.unwrap());
    assert!(!transaction.sessions().delete(one.id()).await.unwrap());
    transaction.commit().await.unwrap();

    for (number, is_left) in [(1, false), (2, true)] {
        let identity = storage.identities.find_identity(&secret(number).digest()).await;
        assert_eq!(identity.unwrap().is_some(), is_left);
    }
}

pub(crate) async fn all_sessions_of_a_user_are_deleted_but_the_kept_one(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let (one, two, three) = (session(&alice, 1), session(&alice, 2), session(&alice, 3));
    storage
        .insert_sessions(&[&one, &two, &three, &session(&brian, 4)])
        .await;

    let transaction = storage.begin().await;
    let sessions = transaction.sessions();
    assert_eq!(sessions.delete_all_of(alice.id(), Some(two.id())).await.unwrap(), 2);
    assert!(sessions.find_live_for_update(two.id(), START).await.unwrap().is_some());
    assert_eq!(sessions.delete_all_of(alice.id(), None).await.unwrap(), 1);
    transaction.commit().await.unwrap();

    assert!(
        storage
            .identities
            .find_identity(&secret(4).digest())
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn the_oldest_living_sessions_of_a_user_are_deleted(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let begun = |number, microseconds, expires_in| {
        AuthSession::restore(AuthSessionState {
            created_at: START + TimeDelta::microseconds(microseconds),
            expires_at: START + TimeDelta::microseconds(expires_in),
            ..session(&alice, number).state().clone()
        })
    };
    // Two began at the same moment, and the newest has expired.
    let sessions = [(4, 1, 11), (2, 2, 11), (3, 2, 11), (1, 3, 11), (5, 4, 10)];
    let [oldest, old, as_old, new, expired] = sessions.map(|(number, at, until)| begun(number, at, until));
    let anothers = session(&brian, 6);
    storage
        .insert_sessions(&[&oldest, &old, &as_old, &new, &expired, &anothers])
        .await;

    let now = expired.expires_at();
    for (keep, ended, left) in [(4, 0, 4), (2, 2, 2), (0, 2, 0)] {
        let transaction = storage.begin().await;
        let deleted = transaction.sessions().delete_oldest_of(alice.id(), keep, now).await;
        assert_eq!(deleted.unwrap(), ended);
        transaction.commit().await.unwrap();
        let newest = [new.id(), as_old.id(), old.id(), oldest.id()];
        let listed = storage.sessions.list_live(alice.id(), now).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|session| session.id).collect();
        assert_eq!(ids, newest[..left]);
    }
    assert_eq!(storage.sessions.list_live(brian.id(), now).await.unwrap().len(), 1);
    let just_before = now - TimeDelta::microseconds(1);
    let expired = storage.sessions.list_live(alice.id(), just_before).await.unwrap();
    assert_eq!(expired.len(), 1, "what has expired is left to the purge");
}

/// A session for each number, that expires so many microseconds after [`START`].
async fn insert_expiring(storage: &Storage, user: &User, numbers: impl IntoIterator<Item = u8>) {
    for number in numbers {
        let session = AuthSession::restore(AuthSessionState {
            expires_at: START + TimeDelta::microseconds(number.into()),
            ..session(user, number).state().clone()
        });
        storage.insert_sessions(&[&session]).await;
    }
}

/// Deletes up to three sessions that have expired at `now`.
async fn delete_expired(storage: &Storage, now: DateTime<Utc>) -> u64 {
    let transaction = storage.begin().await;
    let deleted = transaction.purge(Expirable::Sessions, now, 3).await.unwrap();
    transaction.commit().await.unwrap();
    deleted
}

pub(crate) async fn expired_sessions_are_deleted_up_to_the_limit_the_first_to_expire_first(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    insert_expiring(&storage, &alice, [6, 2, 5, 1, 4, 3]).await;

    let now = START + TimeDelta::microseconds(5);
    for (deleted, left) in [(3, 4..7), (2, 6..7), (0, 6..7)] {
        assert_eq!(delete_expired(&storage, now).await, deleted);
        for number in 1..7 {
            let identity = storage.identities.find_identity(&secret(number).digest()).await;
            assert_eq!(identity.unwrap().is_some(), left.contains(&number), "{number}");
        }
    }
}

pub(crate) async fn of_many_who_delete_expired_sessions_at_once_each_is_deleted_by_one(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    insert_expiring(&storage, &alice, 1..31).await;

    let now = START + TimeDelta::microseconds(30);
    let together = futures_util::future::join_all((0..6).map(|_| delete_expired(&storage, now))).await;
    let mut deleted = together.iter().sum::<u64>();
    assert!((3..=18).contains(&deleted), "{together:?}");
    while deleted < 30 {
        let more = delete_expired(&storage, now).await;
        assert_eq!(more, 3);
        deleted += more;
    }
    assert_eq!((deleted, delete_expired(&storage, now).await), (30, 0));
}
