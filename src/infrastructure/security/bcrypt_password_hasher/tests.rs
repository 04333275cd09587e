mod turns;

use rstest::rstest;

use super::*;
use crate::domain::throttle::ClientNetwork;

fn hasher(pepper: &str, max_concurrent: u32) -> BcryptPasswordHasher {
    rotated(pepper, &[], max_concurrent)
}

fn rotated(pepper: &str, former_peppers: &[&str], max_concurrent: u32) -> BcryptPasswordHasher {
    BcryptPasswordHasher::new(BcryptOptions {
        pepper: pepper.into(),
        former_peppers: former_peppers.iter().map(|&pepper| pepper.into()).collect(),
        max_concurrent,
        ..options(4)
    })
}

fn of_cost(cost: u32) -> BcryptPasswordHasher {
    BcryptPasswordHasher::new(options(cost))
}

fn options(cost: u32) -> BcryptOptions {
    BcryptOptions {
        pepper: "pepper".into(),
        former_peppers: Vec::new(),
        cost,
        max_concurrent: 1,
        max_wait: Duration::from_millis(50),
    }
}

/// A client of that number.
fn client(number: u8) -> HashClient {
    HashClient::Network(Some(ClientNetwork::widest_of([192, 0, 2, number].into())))
}

async fn make_hash(hasher: &BcryptPasswordHasher, text: &str) -> PasswordHash {
    hasher.hash(client(1), password(text)).await.unwrap()
}

async fn matches(hasher: &BcryptPasswordHasher, text: &str, hash: &PasswordHash) -> bool {
    let hash = Some(hash.clone());
    hasher.verify(client(1), password(text), hash).await.unwrap()
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
    let hash = make_hash(&hasher, text).await;
    assert!(matches(&hasher, text, &hash).await);
    assert!(!matches(&hasher, "wrong horse", &hash).await);
}

#[tokio::test]
async fn long_passwords_are_told_apart_beyond_the_72_bytes_of_bcrypt() {
    let hasher = hasher("pepper", 1);
    let hash = make_hash(&hasher, &"a".repeat(256)).await;
    assert!(!matches(&hasher, &format!("{}b", "a".repeat(255)), &hash).await);
}

#[tokio::test]
async fn the_hash_is_salted_and_names_its_pepper_and_cost() {
    let hasher = hasher("pepper", 1);
    let one = make_hash(&hasher, "correct horse").await;
    let other = make_hash(&hasher, "correct horse").await;
    assert_ne!(one, other);
    assert!(
        one.expose()
            .starts_with(&format!("{}$2b$04$", pepper_id(&"pepper".into())))
    );
}

#[tokio::test]
async fn the_hash_is_bcrypt_of_the_base64_of_the_hmac() {
    let hash = make_hash(&hasher("pepper", 1), "correct horse").await;
    let prepared = Pepper::new("pepper".into()).prepare(&password("correct horse"));
    assert_eq!(prepared.len(), 64);
    let bcrypt_hash = &hash.expose()[16..];
    assert!(bcrypt::verify(prepared.as_bytes(), bcrypt_hash).unwrap());
}

#[tokio::test]
async fn a_hash_of_another_pepper_matches_nothing() {
    let hash = make_hash(&hasher("pepper", 1), "correct horse").await;
    assert!(!matches(&hasher("other", 1), "correct horse", &hash).await);
}

#[tokio::test]
async fn a_hash_of_a_former_pepper_is_verified_and_new_ones_are_made_with_the_current_one() {
    let (old, other) = (hasher("old", 1), hasher("other", 1));
    let rotated = rotated("new", &["other", "old"], 1);
    for former in [&old, &other] {
        let hash = make_hash(former, "correct horse").await;
        assert!(matches(&rotated, "correct horse", &hash).await);
        assert!(!matches(&rotated, "wrong horse", &hash).await);
    }
    let hash = make_hash(&rotated, "correct horse").await;
    assert!(matches(&hasher("new", 1), "correct horse", &hash).await);
}

#[tokio::test]
async fn a_hash_is_outdated_once_the_pepper_or_the_cost_is_another() {
    let old = of_cost(4);
    let hash = make_hash(&old, "correct horse").await;
    assert!(!old.is_outdated(&hash));
    assert!(!rotated("pepper", &["new"], 1).is_outdated(&hash));
    assert!(rotated("new", &["pepper"], 1).is_outdated(&hash));
    for cost in [5, 31] {
        assert!(of_cost(cost).is_outdated(&hash));
    }
    let hash = make_hash(&of_cost(5), "correct horse").await;
    assert!(old.is_outdated(&hash), "the cost was lowered");
}

#[tokio::test]
async fn without_a_hash_the_answer_is_no() {
    let hasher = hasher("pepper", 1);
    let outcome = hasher.verify(client(1), password("correct horse"), None);
    assert!(!outcome.await.unwrap());
}

#[tokio::test]
async fn every_verification_takes_as_long_as_one_of_the_highest_cost() {
    let hasher = of_cost(4);
    let cheap = make_hash(&hasher, "correct horse").await;
    let dear = make_hash(&of_cost(9), "correct horse").await;
    // The start tells, or else the first verification.
    hasher.set_highest_stored_cost(9);
    let shortest = async |hash: Option<&PasswordHash>| {
        let mut shortest = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            let outcome = hasher.verify(client(1), password("correct horse"), hash.cloned());
            assert_eq!(outcome.await.unwrap(), hash.is_some());
            shortest = shortest.min(start.elapsed());
        }
        shortest
    };
    let [unknown, cheap, dear] = [
        shortest(None).await,
        shortest(Some(&cheap)).await,
        shortest(Some(&dear)).await,
    ];
    // Without padding, one of cost 4 would take a 32nd of the time.
    for known in [cheap, dear] {
        assert!(
            known > unknown / 8 && unknown > known / 8,
            "{known:?} against {unknown:?}"
        );
    }
}

#[tokio::test]
async fn how_long_a_hash_takes_is_measured() {
    let [cheap, dear] = [of_cost(4), of_cost(9)];
    for hasher in [&cheap, &dear] {
        make_hash(hasher, "correct horse").await;
    }
    let [cheap, dear] = [cheap, dear].map(|hasher| hasher.last_duration.load(Ordering::Relaxed));
    assert!(dear > cheap && cheap > 0);
}

#[test]
fn debug_shows_no_pepper() {
    assert!(!format!("{:?}", hasher("my secret pepper", 1)).contains("my secret"));
}
