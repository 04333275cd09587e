use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{START, Storage, secret, session};
use crate::{
    application::testing::user,
    domain::{
        session::AuthSession,
        user::{Role, User},
    },
};

async fn last_seen_at(storage: &Storage, number: u8) -> DateTime<Utc> {
    let identity = storage.identities.find_identity(&secret(number).digest()).await;
    identity.unwrap().unwrap().session.state().last_seen_at
}

/// Begins the `number`th session of the user, has it recorded as seen at `now`, and waits until it is.
async fn insert_and_see(storage: &Storage, user: &User, number: u8, now: DateTime<Utc>) {
    let session = session(user, number);
    storage.insert_sessions(&[&session]).await;
    let recorded = async {
        while last_seen_at(storage, number).await != now {
            // Again, for it may be left out while another is being recorded.
            storage.last_seen.record(session.id(), now);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recorded).await.unwrap();
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
        storage.last_seen.record(session.id(), now);
        // One is recorded after another.
        insert_and_see(&storage, &alice, number + 2, START + AuthSession::LAST_SEEN_STEP).await;
        assert_eq!(last_seen_at(&storage, number).await, START);
    }
}
