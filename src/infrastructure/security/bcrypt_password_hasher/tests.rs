use prometheus_client::{encoding::text::encode, registry::Registry};
use rstest::rstest;

use super::*;

fn hasher(pepper: &str, max_concurrent: u32) -> BcryptPasswordHasher {
    rotated(pepper, &[], max_concurrent)
}

fn rotated(pepper: &str, former_peppers: &[&str], max_concurrent: u32) -> BcryptPasswordHasher {
    BcryptPasswordHasher::new(BcryptOptions {
        pepper: pepper.into(),
        former_peppers: former_peppers.iter().map(|&pepper| pepper.into()).collect(),
        cost: 4,
        max_concurrent,
        max_wait: Duration::from_millis(50),
    })
}

fn password(text: &str) -> RawPassword {
    RawPassword::attempt(text)
}

#[rstest]
#[case::plain("correct horse")]
#[case::nul("corr\0ect horse")]
#[case::any_script("пароль 密码 🔑")]
#[tokio::test]
async fn a_password_matches_its_own_hash_only(#[case] text: &str) {
    let hasher = hasher("pepper", 1);
    let hash = hasher.hash(password(text)).await.unwrap();
    assert!(hasher.verify(password(text), Some(hash.clone())).await.unwrap());
    assert!(!hasher.verify(password("wrong horse"), Some(hash)).await.unwrap());
}

#[tokio::test]
async fn long_passwords_are_told_apart_beyond_the_72_bytes_of_bcrypt() {
    let hasher = hasher("pepper", 1);
    let hash = hasher.hash(password(&"a".repeat(256))).await.unwrap();
    let other = format!("{}b", "a".repeat(255));
    assert!(!hasher.verify(password(&other), Some(hash)).await.unwrap());
}

#[tokio::test]
async fn the_hash_is_salted_and_names_its_pepper_and_cost() {
    let hasher = hasher("pepper", 1);
    let one = hasher.hash(password("correct horse")).await.unwrap();
    let other = hasher.hash(password("correct horse")).await.unwrap();
    assert_ne!(one, other);
    assert!(
        one.expose()
            .starts_with(&format!("{}$2b$04$", pepper_id(&"pepper".into())))
    );
}

#[tokio::test]
async fn the_hash_is_bcrypt_of_the_base64_of_the_hmac() {
    let hash = hasher("pepper", 1).hash(password("correct horse")).await.unwrap();
    let prepared = Pepper::new("pepper".into()).prepare(&password("correct horse"));
    assert_eq!(prepared.len(), 64);
    let bcrypt_hash = &hash.expose()[16..];
    assert!(bcrypt::verify(prepared.as_bytes(), bcrypt_hash).unwrap());
}

#[tokio::test]
async fn a_hash_of_another_pepper_matches_nothing() {
    let hash = hasher("pepper", 1).hash(password("correct horse")).await.unwrap();
    let matches = hasher("other", 1).verify(password("correct horse"), Some(hash)).await;
    assert!(!matches.unwrap());
}

#[tokio::test]
async fn a_hash_of_a_former_pepper_is_verified_and_new_ones_are_made_with_the_current_one() {
    let (old, other) = (hasher("old", 1), hasher("other", 1));
    let rotated = rotated("new", &["other", "old"], 1);
    for former in [&old, &other] {
        let hash = former.hash(password("correct horse")).await.unwrap();
        assert!(
            rotated
                .verify(password("correct horse"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!rotated.verify(password("wrong horse"), Some(hash)).await.unwrap());
    }
    let hash = rotated.hash(password("correct horse")).await.unwrap();
    assert!(
        hasher("new", 1)
            .verify(password("correct horse"), Some(hash))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_hash_is_outdated_once_the_pepper_or_the_cost_is_another() {
    let old = hasher("old", 1);
    let hash = old.hash(password("correct horse")).await.unwrap();
    assert!(!old.is_outdated(&hash));
    assert!(!rotated("old", &["new"], 1).is_outdated(&hash));
    assert!(rotated("new", &["old"], 1).is_outdated(&hash));
    for cost in [5, 31] {
        assert!(
            BcryptPasswordHasher {
                cost,
                ..hasher("old", 1)
            }
            .is_outdated(&hash)
        );
    }
    let dear = BcryptPasswordHasher { cost: 5, ..old };
    let hash = dear.hash(password("correct horse")).await.unwrap();
    assert!(hasher("old", 1).is_outdated(&hash), "the cost was lowered");
}

#[tokio::test]
async fn without_a_hash_bcrypt_runs_all_the_same_and_the_answer_is_no() {
    assert!(
        bcrypt::verify("anything", &dummy_hash(4)).is_ok(),
        "bcrypt must really run"
    );
    assert!(
        !hasher("pepper", 1)
            .verify(password("correct horse"), None)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_hash_of_a_lower_cost_takes_as_long_as_one_of_the_configured_cost() {
    let cheap = hasher("old", 1).hash(password("correct horse")).await.unwrap();
    let dear = BcryptPasswordHasher {
        cost: 9,
        ..rotated("new", &["other", "old"], 1)
    };
    let shortest = async |hash: Option<PasswordHash>| {
        let mut shortest = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            let matches = dear.verify(password("correct horse"), hash.clone()).await.unwrap();
            assert_eq!(matches, hash.is_some());
            shortest = shortest.min(start.elapsed());
        }
        shortest
    };
    let (unknown, known) = (shortest(None).await, shortest(Some(cheap)).await);
    assert!(known > unknown / 2, "{known:?} against {unknown:?}");
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_refused() {
    let hasher = hasher("pepper", 1);
    let turn = hasher.permits.clone().acquire_owned().await.unwrap();
    let refusal = hasher.hash(password("correct horse")).await;
    assert!(matches!(refusal, Err(HashingError::Saturated)));
    drop(turn);
    assert!(hasher.hash(password("correct horse")).await.is_ok());
}

#[tokio::test]
async fn only_as_many_wait_as_will_have_their_turn_in_time_and_others_are_refused_at_once() {
    let hasher = Arc::new(BcryptPasswordHasher {
        max_wait: Duration::from_secs(60),
        ..hasher("pepper", 2)
    });
    let turns = hasher.permits.clone().acquire_many_owned(2).await.unwrap();
    // The fourth can expect its turn in 52.5 s, a fifth in 67.5 s.
    hasher.last_duration.store(30_000_000, Ordering::Relaxed);
    let wait = || {
        let hasher = hasher.clone();
        tokio::spawn(async move { hasher.turn().await })
    };
    hasher.expect_turn().unwrap();
    let waiting = [(); 4].map(|()| wait());
    while Arc::strong_count(&hasher.queue) < 5 {
        tokio::task::yield_now().await;
    }
    let start = Instant::now();
    assert!(matches!(hasher.expect_turn(), Err(HashingError::Saturated)));
    assert!(matches!(hasher.turn().await, Err(HashingError::Saturated)));
    assert!(start.elapsed() < Duration::from_secs(1));

    let [gives_up, served @ ..] = waiting;
    gives_up.abort();
    assert!(gives_up.await.is_err());
    let comes_later = wait();
    drop(turns);
    for turn in served.into_iter().chain([comes_later]) {
        drop(turn.await.unwrap().unwrap());
    }
}

#[tokio::test]
async fn how_long_a_hash_takes_is_measured() {
    let hasher = hasher("pepper", 1);
    hasher.hash(password("correct horse")).await.unwrap();
    let cheap = hasher.last_duration.load(Ordering::Relaxed);
    let dear = BcryptPasswordHasher { cost: 9, ..hasher };
    dear.hash(password("correct horse")).await.unwrap();
    assert!(dear.last_duration.load(Ordering::Relaxed) > cheap && cheap > 0);
}

#[tokio::test]
async fn what_runs_and_waits_and_was_done_and_refused_is_told() {
    let hasher = Arc::new(BcryptPasswordHasher {
        max_wait: Duration::from_secs(60),
        ..hasher("pepper", 2)
    });
    hasher.hash(password("correct horse")).await.unwrap();
    let turns = [hasher.turn().await.unwrap(), hasher.turn().await.unwrap()];
    let waiting = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.turn().await }
    });
    while Arc::strong_count(&hasher.queue) < 2 {
        tokio::task::yield_now().await;
    }
    // Three minutes.
    hasher.last_duration.store(180_000_000, Ordering::Relaxed);
    assert!(hasher.expect_turn().is_err());
    assert!(hasher.turn().await.is_err());
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
    let _turn = hasher.turn().await.unwrap();
    assert!(hasher.turn().await.is_err());
    assert_eq!(hasher.refusals.get(), 1);
}

#[tokio::test]
async fn a_client_that_gives_up_does_not_make_room_before_its_hash_is_done() {
    let hasher = Arc::new(BcryptPasswordHasher {
        cost: 13,
        ..hasher("pepper", 1)
    });
    let request = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.hash(password("correct horse")).await }
    });
    while hasher.permits.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    request.abort();
    assert!(request.await.is_err());
    assert_eq!(hasher.permits.available_permits(), 0);
}

#[test]
fn debug_shows_no_pepper() {
    assert!(!format!("{:?}", hasher("my secret pepper", 1)).contains("my secret"));
}
