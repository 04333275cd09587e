//! Wrong current passwords, and their effect on the session.

use super::*;
use crate::application::audit_trail::AuditAction;
use crate::application::testing::TestSession;

async fn change_own(world: &World, session: &TestSession, current: &str) -> Result<(), ChangePasswordError> {
    let request = request("alice", NEW_PASSWORD, Some(current));
    let outcome = world.change_password().execute(&session.actor, request).await;
    outcome.map(|_| ())
}

#[tokio::test]
async fn the_last_wrong_current_password_ends_the_session_and_no_other() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let [stolen, own] = [world.begin_session(&alice), world.begin_session(&alice)];
    for _ in 0..World::FREE_ATTEMPTS {
        assert!(world.is_live(&stolen).await);
        let refusal = change_own(&world, &stolen, "wrong horse").await;
        assert!(matches!(refusal, Err(ChangePasswordError::WrongCurrentPassword)));
    }
    assert!(!world.is_live(&stolen).await);
    assert_eq!(world.done(), [(AuditAction::EndSession, alice.id())]);

    change_own(&world, &own, PASSWORD).await.unwrap();
    assert_eq!(stored_hash(&world, &alice).await, hash_of(NEW_PASSWORD));
}

#[tokio::test]
async fn the_last_attempt_may_still_succeed() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    for _ in 1..World::FREE_ATTEMPTS {
        let _ = change_own(&world, &here, "wrong horse").await;
    }
    change_own(&world, &here, PASSWORD).await.unwrap();
    assert_eq!(world.session_count(), 1);
}

#[tokio::test]
async fn a_session_that_could_not_be_ended_allows_no_further_guess() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    for _ in 1..World::FREE_ATTEMPTS {
        let _ = change_own(&world, &here, "wrong horse").await;
    }
    world.while_hashing({
        let store = world.store();
        move || store.fail_commits()
    });
    let refusal = change_own(&world, &here, "wrong horse").await;
    assert!(matches!(refusal, Err(ChangePasswordError::WrongCurrentPassword)));
    let hashed = world.hash_count();
    let _ = change_own(&world, &here, PASSWORD).await.unwrap_err();
    assert_eq!(world.hash_count(), hashed);
}

#[tokio::test]
async fn another_password_makes_known_devices_unknown() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let here = world.begin_session(&alice);
    change_own(&world, &here, PASSWORD).await.unwrap();
    let changed = world.user(alice.id()).await.unwrap();
    assert_ne!(changed.credentials_generation(), alice.credentials_generation());
}
