use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{START, Storage, lifetime, secret, session};
use crate::{
    application::{
        paging::{UserFilter, UserPageRequest},
        testing::user,
    },
    domain::{
        session::{AuthSession, AuthSessionState, Touch},
        user::{Role, User},
    },
};

async fn stored(storage: &Storage, number: u8) -> AuthSession {
    let identity = storage.identities.find_identity(&secret(number).digest()).await;
    identity.unwrap().unwrap().session
}

async fn last_seen_at(storage: &Storage, number: u8) -> DateTime<Utc> {
    stored(storage, number).await.state().last_seen_at
}

/// Begins the `number`th session of the user, has it recorded as seen at `now`, and waits until it is.
async fn insert_and_see(storage: &Storage, user: &User, number: u8, now: DateTime<Utc>) {
    let session = session(user, number);
    storage.insert_sessions(&[&session]).await;
    let recorded = async {
        while last_seen_at(storage, number).await != now {
            // Again, because it is dropped while another is being recorded.
            assert!(storage.session_toucher.touch(&session, Touch::Seen, now).await.unwrap());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recorded).await.unwrap();
    assert_eq!(stored(storage, number).await.expires_at(), session.expires_at());
}

pub(crate) async fn a_session_is_recorded_as_seen_a_while_after_it_was_last(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    insert_and_see(&storage, &alice, 1, START + AuthSession::LAST_SEEN_STEP).await;
}

pub(crate) async fn a_session_that_was_seen_lately_or_has_expired_is_not_recorded(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let [lately, expired] = [session(&alice, 1), session(&alice, 2)];
    storage.insert_sessions(&[&lately, &expired]).await;

    let just_before = START + AuthSession::LAST_SEEN_STEP - TimeDelta::microseconds(1);
    for (number, session, now) in [(1, lately, just_before), (2, expired.clone(), expired.expires_at())] {
        storage.session_toucher.touch(&session, Touch::Seen, now).await.unwrap();
        // One is recorded after another.
        insert_and_see(&storage, &alice, number + 2, START + AuthSession::LAST_SEEN_STEP).await;
        assert_eq!(last_seen_at(&storage, number).await, START);
    }
}

pub(crate) async fn a_living_session_is_extended(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let session = session(&alice, 1);
    storage.insert_sessions(&[&session]).await;

    let now = session.expires_at() - TimeDelta::microseconds(1);
    let expires_at = now + TimeDelta::hours(1);
    let touch = Touch::Extended(expires_at);
    assert!(storage.session_toucher.touch(&session, touch, now).await.unwrap());

    let expected = AuthSessionState {
        last_seen_at: now,
        expires_at,
        ..session.state().clone()
    };
    assert_eq!(stored(&storage, 1).await.state(), &expected);
}

pub(crate) async fn a_user_was_seen_when_a_session_was_last_begun_or_used(storage: Storage) {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    storage.insert_users(&[&alice, &brian]).await;
    let last_seen_at = async |user: &User| {
        let details = storage.users.find_by_id(user.id()).await.unwrap().unwrap();
        let (everyone, first_page) = (UserFilter::default(), UserPageRequest::default());
        let page = storage.users.list(&everyone, &first_page).await.unwrap();
        assert!(page.users.contains(&details));
        details.last_seen_at
    };
    assert_eq!(last_seen_at(&alice).await, None);

    let [first, second] = [session(&alice, 1), session(&alice, 2)];
    storage.insert_sessions(&[&first, &second]).await;
    assert_eq!(last_seen_at(&alice).await, Some(START));

    let [earlier, later] = [30, 40].map(|minutes| START + TimeDelta::minutes(minutes));
    for (session, now) in [(&first, later), (&second, earlier)] {
        let touch = Touch::Extended(now + TimeDelta::hours(1));
        assert!(storage.session_toucher.touch(session, touch, now).await.unwrap());
        assert_eq!(last_seen_at(&alice).await, Some(later));
    }

    let transaction = storage.begin().await;
    transaction.sessions().delete_all_of(alice.id(), None).await.unwrap();
    transaction.users().save(&alice).await.unwrap();
    transaction.commit().await.unwrap();
    let touch = Touch::Extended(later + TimeDelta::hours(2));
    let ended = storage
        .session_toucher
        .touch(&first, touch, later + TimeDelta::minutes(1));
    assert!(!ended.await.unwrap());
    assert_eq!(last_seen_at(&alice).await, Some(later), "it outlives the sessions");
    assert_eq!(last_seen_at(&brian).await, None);

    insert_and_see(&storage, &brian, 3, START + AuthSession::LAST_SEEN_STEP).await;
    assert_eq!(last_seen_at(&brian).await, Some(START + AuthSession::LAST_SEEN_STEP));
}

pub(crate) async fn a_dead_deleted_or_renamed_session_is_not_extended(storage: Storage) {
    let alice = user("alice", Role::User);
    storage.insert_users(&[&alice]).await;
    let (expired, deleted, mut renamed) = (session(&alice, 1), session(&alice, 2), session(&alice, 3));
    let before_renaming = renamed.clone();
    storage.insert_sessions(&[&expired, &renamed]).await;

    let transaction = storage.begin().await;
    renamed.replace_secret(&secret(4), &lifetime(), START);
    transaction.sessions().save(&renamed).await.unwrap();
    transaction.commit().await.unwrap();
    for (session, now) in [
        (&expired, expired.expires_at()),
        (&deleted, START),
        (&before_renaming, START),
    ] {
        let touch = Touch::Extended(now + TimeDelta::hours(1));
        assert!(!storage.session_toucher.touch(session, touch, now).await.unwrap());
    }
    assert_eq!(stored(&storage, 1).await, expired);
    assert_eq!(stored(&storage, 4).await, renamed);
}
