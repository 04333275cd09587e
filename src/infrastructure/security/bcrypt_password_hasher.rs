use std::{error::Error as StdError, fmt, iter, sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bcrypt::HashParts;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256, Sha384};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::{
    application::ports::{HashingError, PasswordHasher},
    domain::user::{PasswordHash, RawPassword},
};

/// Hashes passwords as `bcrypt(base64(HMAC-SHA-384(pepper, password)))`.
///
/// The HMAC lets passwords be of any length and content, where bcrypt alone stops at 72 bytes or a NUL, and makes hashes
/// worthless without the pepper, which is not in the database (OWASP Password Storage Cheat Sheet). Base64 makes 64 bytes
/// of its 48, without a NUL.
///
/// A stored hash reads `<pepper id>$2b$<cost>$<salt and hash>`: it names the pepper that made it. So one of several peppers
/// is known without trying, and every verification costs one bcrypt.
///
/// bcrypt keeps a core busy for a long time on purpose. So it runs off the async workers, a bounded number at a time.
pub struct BcryptPasswordHasher {
    pepper: Arc<Pepper>,
    former_peppers: Vec<Arc<Pepper>>,
    cost: u32,
    max_wait: Duration,
    permits: Arc<Semaphore>,
}

/// How passwords are hashed.
#[derive(Debug)]
pub struct BcryptOptions {
    /// The key of the HMAC.
    pub pepper: SecretString,
    /// Keys with which no new hash is made, but older ones were.
    pub former_peppers: Vec<SecretString>,
    /// The binary logarithm of bcrypt's rounds, 4 to 31.
    pub cost: u32,
    /// How many hashes may be computed at a time, at least 1.
    pub max_concurrent: usize,
    /// How long a request waits for its turn.
    pub max_wait: Duration,
}

/// A key of the HMAC, and the name by which hashes call it.
struct Pepper {
    key: SecretString,
    id: String,
}

impl BcryptPasswordHasher {
    /// Hashes passwords as `options` say.
    pub fn new(options: BcryptOptions) -> Self {
        let former_peppers = options.former_peppers.into_iter();
        Self {
            pepper: Arc::new(Pepper::new(options.pepper)),
            former_peppers: former_peppers.map(Pepper::new).map(Arc::new).collect(),
            cost: options.cost,
            max_wait: options.max_wait,
            permits: Arc::new(Semaphore::new(options.max_concurrent)),
        }
    }

    /// Runs `bcrypt` on the password, prepared with `pepper`, in a thread of its own when it is its turn.
    async fn run<T: Send + 'static>(
        &self,
        password: RawPassword,
        pepper: Arc<Pepper>,
        bcrypt: impl FnOnce(&str) -> Result<T, bcrypt::BcryptError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let permit = tokio::time::timeout(self.max_wait, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| HashingError::Saturated)?
            .map_err(failed)?;
        let thread = tokio::task::spawn_blocking(move || {
            // The permit goes with the thread: a client that gives up drops the future that waits for it, but not the work.
            let _permit = permit;
            bcrypt(&pepper.prepare(&password))
        });
        thread.await.map_err(failed)?.map_err(failed)
    }

    /// The pepper that made a stored hash, and the part of the hash that bcrypt reads.
    fn parts<'a>(&self, hash: &'a PasswordHash) -> Option<(&Arc<Pepper>, &'a str)> {
        let mut peppers = iter::once(&self.pepper).chain(&self.former_peppers);
        let parts = peppers.find_map(|pepper| Some((pepper, hash.expose().strip_prefix(&pepper.id)?)));
        if parts.is_none() {
            log::error!("a stored password hash was made with a pepper that is not configured");
        }
        parts
    }
}

#[async_trait]
impl PasswordHasher for BcryptPasswordHasher {
    async fn hash(&self, password: RawPassword) -> Result<PasswordHash, HashingError> {
        let (pepper, cost) = (self.pepper.clone(), self.cost);
        let bcrypt = move |prepared: &str| bcrypt::hash(prepared, cost);
        let hash = self.run(password, pepper, bcrypt).await?;
        Ok(PasswordHash::new(format!("{}{hash}", self.pepper.id)))
    }

    async fn verify(&self, password: RawPassword, hash: Option<PasswordHash>) -> Result<bool, HashingError> {
        let (pepper, stored) = match hash.as_ref().and_then(|hash| self.parts(hash)) {
            Some((pepper, stored)) => (pepper, Some(stored.to_owned())),
            None => (&self.pepper, None),
        };
        let cost = self.cost;
        self.run(password, pepper.clone(), move |prepared| match stored {
            Some(stored) => {
                let matches = bcrypt::verify(prepared, &stored)?;
                // A hash of a lower cost took 2^(cost - lower) times less. The dummies between make up for it exactly.
                for lower in stored.parse::<HashParts>()?.get_cost()..cost {
                    bcrypt::verify(prepared, &dummy_hash(lower))?;
                }
                Ok(matches)
            }
            None => bcrypt::verify(prepared, &dummy_hash(cost)).map(|_| false),
        })
        .await
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let current = hash.expose().strip_prefix(&self.pepper.id);
        let parts = current.and_then(|stored| stored.parse::<HashParts>().ok());
        parts.is_none_or(|parts| parts.get_cost() != self.cost)
    }
}

/// A hash of that cost which no password is known to match.
fn dummy_hash(cost: u32) -> String {
    format!("$2b${cost:02}${}", ".".repeat(53))
}

impl fmt::Debug for BcryptPasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BcryptPasswordHasher")
            .field("pepper_id", &self.pepper.id)
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}

fn failed(error: impl Into<Box<dyn StdError + Send + Sync>>) -> HashingError {
    HashingError::Failed(error.into())
}

impl Pepper {
    fn new(key: SecretString) -> Self {
        Self {
            id: pepper_id(&key),
            key,
        }
    }

    fn prepare(&self, password: &RawPassword) -> Zeroizing<String> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104)")]
        let mut mac =
            Hmac::<Sha384>::new_from_slice(self.key.expose_secret().as_bytes()).expect("any key length is valid");
        mac.update(password.expose().as_bytes());
        let code = Zeroizing::new(<[u8; 48]>::from(mac.finalize().into_bytes()));
        Zeroizing::new(STANDARD.encode(code.as_slice()))
    }
}

/// Names a pepper without giving it away: the first eight bytes of its SHA-256, in hexadecimal.
pub fn pepper_id(pepper: &SecretString) -> String {
    let digest = Sha256::digest(pepper.expose_secret());
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use rstest::rstest;

    use super::*;

    fn hasher(pepper: &str, max_concurrent: usize) -> BcryptPasswordHasher {
        rotated(pepper, &[], max_concurrent)
    }

    fn rotated(pepper: &str, former_peppers: &[&str], max_concurrent: usize) -> BcryptPasswordHasher {
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
}
