use chrono::{DateTime, TimeDelta};
use rstest::rstest;

use super::*;
use crate::{
    application::{
        audit_trail::{AuditAction, AuditActor, RefusalReason},
        ports::{HashClient, HashingError, PasswordHasher as _},
        testing::{PASSWORD, World, provenance, rotated_hash_of, user},
    },
    domain::{
        session::{ClientDetails, UserAgent},
        user::{PasswordHash, Role},
    },
};

fn request(username: &str, password: &str) -> LogInRequest {
    LogInRequest {
        username: username.into(),
        password: password.into(),
        device_token: None,
        user_agent: UserAgent::new("Agent/1"),
        provenance: provenance(),
    }
}

#[tokio::test]
async fn the_right_password_begins_a_session_that_the_token_opens() {
    let world = World::with([user("alice", Role::Admin)]).await;
    let logged_in = world.log_in().execute(request("ALICE", PASSWORD)).await.unwrap();
    assert_eq!(
        (logged_in.user.username.as_str(), logged_in.user.role),
        ("alice", Role::Admin)
    );
    assert_eq!(
        logged_in.session_expires_at,
        world.session_lifetime().expiry(world.now(), world.now())
    );

    let authenticated = world
        .authenticate()
        .execute(Some(&logged_in.access_token), provenance())
        .await
        .unwrap();
    assert_eq!(authenticated.actor.user, logged_in.user);
}

#[tokio::test]
async fn the_session_remembers_the_client() {
    let world = World::with([user("alice", Role::User)]).await;
    world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
    let client = ClientDetails {
        address: provenance().address,
        user_agent: UserAgent::new("Agent/1"),
    };
    assert_eq!(world.store().sessions()[0].state().client, client);
}

#[tokio::test]
async fn a_session_beyond_the_limit_ends_the_oldest() {
    let (alice, brian) = (user("alice", Role::User), user("brian", Role::User));
    let world = World::with([alice.clone(), brian.clone()]).await;
    let anothers = world.begin_session(&brian);
    let mut theirs = Vec::new();
    for _ in 0..3 {
        world.advance(TimeDelta::seconds(1));
        theirs.push(world.begin_session(&alice));
    }
    for left in [2, 1, 0] {
        world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
        assert_eq!(world.session_count(), 3 + 1);
        let (gone, kept) = theirs.split_at(3 - left);
        for session in gone {
            assert!(!world.is_live(session).await);
        }
        for session in kept {
            assert!(world.is_live(session).await);
        }
    }
    assert!(world.is_live(&anothers).await);
}

#[rstest]
#[case::unknown_user("nobody", PASSWORD)]
#[case::impossible_name("?", PASSWORD)]
#[case::wrong_password("alice", "wrong horse")]
#[case::password_against_the_policy("alice", "x")]
#[case::inactive_user("inactive", PASSWORD)]
#[tokio::test]
async fn every_refusal_is_the_same_and_costs_one_hash(#[case] username: &str, #[case] password: &str) {
    let mut inactive = user("inactive", Role::User);
    inactive.inactivate(DateTime::UNIX_EPOCH);
    let world = World::with([user("alice", Role::User), inactive]).await;

    let refusal = world.log_in().execute(request(username, password)).await;
    assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
    assert_eq!(world.hash_count(), 1);
    assert_eq!(world.session_count(), 0);
}

#[tokio::test]
async fn an_inactivation_during_the_verification_leaves_no_session() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.while_hashing({
        let store = world.store();
        let mut alice = alice.clone();
        alice.inactivate(world.now());
        move || store.replace_user(&alice)
    });
    let refusal = world.log_in().execute(request("alice", PASSWORD)).await;
    assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
    assert_eq!(world.session_count(), 0);
}

#[tokio::test]
async fn a_change_of_password_during_the_verification_leaves_no_session() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.while_hashing({
        let store = world.store();
        let mut alice = alice.clone();
        alice.change_password(PasswordHash::new("another"), world.now());
        move || store.replace_user(&alice)
    });
    let refusal = world.log_in().execute(request("alice", PASSWORD)).await;
    assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
    assert_eq!(world.session_count(), 0);
}

#[tokio::test]
async fn an_outdated_hash_is_renewed_once_without_a_new_update_time() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.rotate_hasher();
    for hashes in [2, 3] {
        world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
        assert_eq!(world.hash_count(), hashes);
        let stored = world.user(alice.id()).await.unwrap();
        assert!(!world.password_hasher().is_outdated(stored.password_hash().unwrap()));
        assert_eq!(stored.state().updated_at, alice.state().updated_at);
    }
}

#[tokio::test]
async fn only_a_successful_log_in_renews_the_hash() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.rotate_hasher();
    let refusal = world.log_in().execute(request("alice", "wrong horse")).await;
    assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
    assert_eq!(world.hash_count(), 1);
    assert_eq!(world.user(alice.id()).await, Some(alice));
}

#[tokio::test]
async fn a_saturated_hasher_leaves_the_renewal_to_the_next_log_in() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.rotate_hasher();
    world.while_hashing({
        let hasher = world.password_hasher();
        move || hasher.saturate()
    });
    world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
    assert_eq!(world.user(alice.id()).await, Some(alice));
}

#[tokio::test]
async fn a_renewal_by_another_log_in_meanwhile_does_not_interfere() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.rotate_hasher();
    let mut renewed = alice.clone();
    renewed.renew_password_hash(rotated_hash_of(PASSWORD));
    world.while_hashing({
        let (store, renewed) = (world.store(), renewed.clone());
        move || store.replace_user(&renewed)
    });
    world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
    assert_eq!(world.user(alice.id()).await, Some(renewed));
}

#[tokio::test]
async fn a_saturated_hasher_or_a_lost_database_is_reported_as_such() {
    let world = World::with([user("alice", Role::User)]).await;
    world.saturate_hasher();
    let refusal = world.log_in().execute(request("alice", PASSWORD)).await;
    assert!(matches!(refusal, Err(LogInError::Hashing(HashingError::Saturated))));
    assert_eq!(world.throttle_bucket_count(), 0, "it is not counted");

    let world = World::with([user("alice", Role::User)]).await;
    world.store().fail();
    let refusal = world.log_in().execute(request("alice", PASSWORD)).await;
    assert!(matches!(refusal, Err(LogInError::Storage(_))));
}

#[tokio::test]
async fn an_attempt_that_comes_too_soon_is_refused_before_a_password_is_verified() {
    let world = World::with([user("alice", Role::User)]).await;
    for _ in 0..World::FREE_ATTEMPTS {
        let refusal = world.log_in().execute(request("alice", "wrong horse")).await;
        assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
    }
    let hashed = world.hash_count();
    let refusal = world.log_in().execute(request("alice", PASSWORD)).await;
    assert!(matches!(refusal, Err(LogInError::Throttled(_))));
    assert_eq!((world.hash_count(), world.session_count()), (hashed, 0));

    world.advance(World::FIRST_DELAY);
    world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn the_device_of_a_log_in_is_known_at_the_next_one() {
    let world = World::with([user("alice", Role::User)]).await;
    let logged_in = world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
    for _ in 0..World::FREE_ATTEMPTS {
        let _ = world.log_in().execute(request("alice", "wrong horse")).await;
    }
    let on_device = LogInRequest {
        device_token: logged_in.device_token,
        ..request("alice", PASSWORD)
    };
    world.log_in().execute(on_device).await.unwrap();
}

#[tokio::test]
async fn log_ins_are_recorded_and_failed_ones_noted_without_an_unknown_name() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    world.log_in().execute(request("alice", PASSWORD)).await.unwrap();
    assert_eq!(world.done(), [(AuditAction::LogIn, alice.id())]);

    for (name, target) in [("alice", Some(alice.id())), ("nobody", None)] {
        let _ = world.log_in().execute(request(name, "wrong horse")).await;
        let [noted] = &world.refusals()[..] else {
            panic!("there is one refusal")
        };
        assert_eq!((&noted.actor, noted.target_id), (&AuditActor::Anonymous, target));
        assert_eq!(noted.refusal, Some(RefusalReason::InvalidCredentials));
        assert_eq!(noted.provenance, provenance());
    }
}

#[tokio::test]
async fn passwords_are_hashed_on_behalf_of_the_network() {
    let world = World::with([user("alice", Role::User)]).await;
    world.rotate_hasher();
    for username in ["alice", "nobody"] {
        let _ = world.log_in().execute(request(username, PASSWORD)).await;
    }
    let client = HashClient::anonymous(&provenance());
    assert_eq!(world.password_hasher().clients(), [client; 3]);
}

/// Entry points on runtimes with several threads need this.
#[tokio::test]
async fn a_log_in_can_move_between_threads() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let world = World::new();
    let refusal = assert_send(world.log_in().execute(request("nobody", PASSWORD))).await;
    assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
}
