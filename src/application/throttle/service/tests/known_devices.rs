//! Devices on which a user has logged in.

use super::*;

#[tokio::test]
async fn strangers_do_not_delay_a_known_device() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    for _ in 0..World::FREE_ATTEMPTS {
        let _ = fail(&world, "alice").await;
    }
    assert!(wait(&world, "alice").await.is_some());

    let on_device = ThrottleSubject::of_log_in("alice", provenance().address, Some(alice.id()));
    attempt(&world, &on_device, Ok(())).await.unwrap();
    assert!(wait(&world, "alice").await.is_some(), "strangers gain nothing by it");

    for _ in 0..World::FREE_ATTEMPTS {
        let _ = attempt(&world, &on_device, Err(Outcome::Failed)).await;
    }
    let refusal = attempt(&world, &on_device, Ok(())).await;
    assert!(
        matches!(refusal, Err(Outcome::Throttled(_))),
        "whoever has it gets no more"
    );
}

#[tokio::test]
async fn all_known_devices_of_a_user_share_one_limit() {
    let world = World::new();
    let alice = user("alice", Role::User).id();
    let mut failed = 0;
    for number in 0..20 {
        let address = std::net::Ipv4Addr::from_bits(number).into();
        let on_device = ThrottleSubject::of_log_in("alice", Some(address), Some(alice));
        if let Err(Outcome::Failed) = attempt(&world, &on_device, Err(Outcome::Failed)).await {
            failed += 1;
        }
    }
    assert_eq!(failed, World::FREE_ATTEMPTS);
}

#[tokio::test]
async fn guesses_on_known_devices_count_at_the_network() {
    let world = World::new();
    for number in 0..3 * World::FREE_ATTEMPTS {
        let user_id = user("alice", Role::User).id();
        let on_device = ThrottleSubject::of_log_in(&format!("user{number}"), provenance().address, Some(user_id));
        let outcome = attempt(&world, &on_device, Err(Outcome::Failed)).await;
        assert!(matches!(outcome, Err(Outcome::Failed)));
    }
    assert_eq!(wait(&world, "brian").await, Some(World::FIRST_DELAY));
}

#[tokio::test]
async fn a_device_is_known_to_its_user_alone_until_the_token_expires() {
    let [alice, brian] = ["alice", "brian"].map(|name| user(name, Role::User));
    let world = World::with([alice.clone(), brian.clone()]).await;
    let throttle = world.throttle();
    let token = throttle.remember_device(&alice, world.now()).unwrap();
    assert!(throttle.is_known_device(token.as_ref(), &credentials(&alice)));
    assert!(!throttle.is_known_device(token.as_ref(), &credentials(&brian)));
    assert!(!throttle.is_known_device(None, &credentials(&alice)));
    world.advance(World::DEVICE_TTL);
    assert!(!throttle.is_known_device(token.as_ref(), &credentials(&alice)));
}

#[tokio::test]
async fn revoked_credentials_make_devices_unknown() {
    let mut alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let throttle = world.throttle();
    let token = throttle.remember_device(&alice, world.now()).unwrap();
    alice.revoke_credentials();
    assert!(!throttle.is_known_device(token.as_ref(), &credentials(&alice)));
}
