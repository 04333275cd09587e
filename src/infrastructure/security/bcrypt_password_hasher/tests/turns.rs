//! Who has a turn, who waits for one, and who is refused.

use prometheus_client::{encoding::text::encode, registry::Registry};

use super::*;

/// Waits until that many requests wait for their turn.
async fn until_waiting(hasher: &BcryptPasswordHasher, requests: usize) {
    while hasher.queue.waiting() < requests {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_refused() {
    let hasher = hasher("pepper", 1);
    let turn = hasher.turn(client(1)).await.unwrap();
    let refusal = hasher.hash(client(2), password("correct horse")).await;
    assert!(matches!(refusal, Err(HashingError::Saturated)));
    drop(turn);
    make_hash(&hasher, "correct horse").await;
}

#[tokio::test]
async fn only_as_many_wait_as_will_have_their_turn_in_time_and_others_are_refused_at_once() {
    let hasher = Arc::new(BcryptPasswordHasher {
        max_wait: Duration::from_secs(60),
        ..hasher("pepper", 2)
    });
    let turns = [
        hasher.turn(client(1)).await.unwrap(),
        hasher.turn(client(1)).await.unwrap(),
    ];
    // The fourth can expect its turn in 52.5 s, a fifth in 67.5 s.
    hasher.last_duration.store(30_000_000, Ordering::Relaxed);
    let wait = |number| {
        let hasher = hasher.clone();
        tokio::spawn(async move { hasher.turn(client(number)).await })
    };
    hasher.check_capacity(client(6)).unwrap();
    let waiting = [2, 3, 4, 5].map(wait);
    until_waiting(&hasher, 4).await;
    let start = Instant::now();
    assert!(matches!(hasher.check_capacity(client(6)), Err(HashingError::Saturated)));
    assert!(matches!(hasher.turn(client(6)).await, Err(HashingError::Saturated)));
    assert!(start.elapsed() < Duration::from_secs(1));

    let [gives_up, served @ ..] = waiting;
    gives_up.abort();
    assert!(gives_up.await.is_err());
    let comes_later = wait(6);
    drop(turns);
    for turn in served.into_iter().chain([comes_later]) {
        drop(turn.await.unwrap().unwrap());
    }
}

#[tokio::test]
async fn a_client_waits_for_half_of_the_time_at_most_and_others_wait_besides() {
    let hasher = BcryptPasswordHasher {
        max_wait: Duration::from_secs(60),
        ..hasher("pepper", 2)
    };
    let _turns = [
        hasher.turn(client(1)).await.unwrap(),
        hasher.turn(client(1)).await.unwrap(),
    ];
    hasher.last_duration.store(30_000_000, Ordering::Relaxed);
    let mut waiting = Vec::new();
    for number in [1, 2] {
        for _ in 0..2 {
            hasher.check_capacity(client(number)).unwrap();
            let mut turn = Box::pin(hasher.queue.turn(client(number)));
            assert!(futures_util::poll!(&mut turn).is_pending());
            waiting.push(turn);
        }
        assert!(hasher.check_capacity(client(number)).is_err());
    }
    hasher.check_capacity(client(3)).unwrap();
}

#[tokio::test]
async fn six_who_come_at_once_from_one_network_wait_on_two_cores_as_shipped() {
    let hasher = BcryptPasswordHasher {
        max_wait: Duration::from_secs(5),
        ..hasher("pepper", 2)
    };
    // Far longer than a hash takes at the cost that is shipped.
    hasher.last_duration.store(1_500_000, Ordering::Relaxed);
    let mut turns = Vec::new();
    for _ in 0..6 {
        hasher.check_capacity(client(1)).unwrap();
        let mut turn = Box::pin(hasher.queue.turn(client(1)));
        turns.push((futures_util::poll!(&mut turn), turn));
    }
    assert_eq!((hasher.queue.running(), hasher.queue.waiting()), (2, 4));
}

#[tokio::test]
async fn what_runs_and_waits_and_was_done_and_refused_is_told() {
    let hasher = Arc::new(BcryptPasswordHasher {
        max_wait: Duration::from_secs(60),
        ..hasher("pepper", 2)
    });
    make_hash(&hasher, "correct horse").await;
    let turns = [
        hasher.turn(client(1)).await.unwrap(),
        hasher.turn(client(2)).await.unwrap(),
    ];
    let waiting = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.turn(client(3)).await }
    });
    until_waiting(&hasher, 1).await;
    // Three minutes.
    hasher.last_duration.store(180_000_000, Ordering::Relaxed);
    assert!(hasher.check_capacity(client(3)).is_err());
    assert!(hasher.turn(client(4)).await.is_err());
    let mut registry = Registry::default();
    registry.register_collector(Box::new(hasher.clone()));

    let mut told = String::new();
    encode(&mut told, &registry).unwrap();

    for line in [
        "gatehouse_password_hashes_running 2",
        "gatehouse_password_hashes_waiting 1",
        "gatehouse_password_hashes_refused_total 2",
        "gatehouse_password_hash_duration_seconds_count 1",
    ] {
        assert!(told.lines().any(|told| told == line), "{line} is not in\n{told}");
    }
    drop(turns);
    assert!(waiting.await.unwrap().is_ok());
}

#[tokio::test]
async fn who_waited_in_vain_for_a_turn_is_told_as_refused() {
    let hasher = hasher("pepper", 1);
    let _turn = hasher.turn(client(1)).await.unwrap();
    assert!(hasher.turn(client(2)).await.is_err());
    assert_eq!((hasher.refusals.get(), hasher.queue.waiting()), (1, 0));
}

#[tokio::test]
async fn a_client_that_gives_up_does_not_make_room_before_its_hash_is_done() {
    let hasher = Arc::new(of_cost(13));
    let request = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.hash(client(1), password("correct horse")).await }
    });
    while hasher.queue.running() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    request.abort();
    assert!(request.await.is_err());
    assert_eq!(hasher.queue.running(), 1);
}
