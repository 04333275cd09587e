mod metrics;
mod padding;
mod queue;

use std::{
    error::Error as StdError,
    fmt, iter,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bcrypt::HashParts;
use hmac::{Hmac, KeyInit, Mac};
use prometheus_client::metrics::{counter::Counter, histogram::Histogram};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256, Sha384};
use zeroize::Zeroizing;

use self::{
    padding::Padding,
    queue::{FairQueue, Turn},
};
use crate::{
    application::ports::{HashClient, HashingError, PasswordHasher},
    domain::user::{PasswordHash, RawPassword},
};

/// Upper bounds of the buckets for the time of a hash, in seconds; narrow around suitable costs.
const BUCKETS: [f64; 12] = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 2.5, 5.0];

/// Hashes passwords as `bcrypt(base64(HMAC-SHA-384(pepper, password)))`.
///
/// The HMAC allows passwords of any length and content, while bcrypt alone stops at 72 bytes or a NUL. It makes hashes
/// worthless without the pepper, which is not in the database (OWASP Password Storage Cheat Sheet). Base64 makes 64
/// bytes of its 48, without a NUL.
///
/// A stored hash is `<pepper id>$2b$<cost>$<salt and hash>`. It names its pepper, so that every verification costs one
/// bcrypt even with several peppers.
///
/// bcrypt keeps a core busy on purpose. It runs off the async workers, a bounded number at a time. Other requests wait
/// in a [queue](FairQueue) that clients share fairly. A request is rejected at once if its estimated wait exceeds
/// `max_wait`.
///
/// Verifications are [padded](Padding) to the highest cost in use, so that their duration does not depend on what is
/// stored.
pub struct BcryptPasswordHasher {
    pepper: Arc<Pepper>,
    former_peppers: Vec<Arc<Pepper>>,
    cost: u32,
    max_wait: Duration,
    max_concurrent: u32,
    queue: FairQueue,
    padding: Arc<Padding>,
    /// How long the last hash took, in microseconds; 0 before the first.
    last_duration: Arc<AtomicU64>,
    /// How long hashes took, in seconds.
    durations: Histogram,
    /// Counts the rejected requests.
    refusals: Counter,
}

/// Options for hashing passwords.
#[derive(Debug)]
pub struct BcryptOptions {
    /// The key of the HMAC.
    pub pepper: SecretString,
    /// Former keys, which verify older hashes.
    pub former_peppers: Vec<SecretString>,
    /// The binary logarithm of bcrypt's rounds, 4 to 31.
    pub cost: u32,
    /// How many hashes may be computed at a time, at least 1.
    pub max_concurrent: u32,
    /// How long a request may wait for its turn.
    pub max_wait: Duration,
}

/// A key of the HMAC, and its id in hashes.
struct Pepper {
    key: SecretString,
    id: String,
}

impl BcryptPasswordHasher {
    /// Makes a hasher.
    pub fn new(options: BcryptOptions) -> Self {
        let former_peppers = options.former_peppers.into_iter();
        Self {
            pepper: Arc::new(Pepper::new(options.pepper)),
            former_peppers: former_peppers.map(Pepper::new).map(Arc::new).collect(),
            cost: options.cost,
            max_wait: options.max_wait,
            max_concurrent: options.max_concurrent,
            queue: FairQueue::new(options.max_concurrent as usize),
            padding: Arc::new(Padding::new(options.cost)),
            last_duration: Arc::default(),
            durations: Histogram::new(BUCKETS),
            refusals: Counter::default(),
        }
    }

    /// Sets the highest cost of the stored hashes, to which verifications are padded unless the configured one is
    /// higher.
    pub fn set_highest_stored_cost(&self, cost: u32) {
        self.padding.set_highest_stored(cost);
    }

    /// Runs `bcrypt` on the password, prepared with `pepper`, in a thread of its own at the turn of `client`.
    async fn run<T: Send + 'static>(
        &self,
        client: HashClient,
        password: RawPassword,
        pepper: Arc<Pepper>,
        bcrypt: impl FnOnce(&str) -> Result<T, bcrypt::BcryptError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let turn = self.turn(client).await?;
        let (last_duration, durations) = (self.last_duration.clone(), self.durations.clone());
        let thread = tokio::task::spawn_blocking(move || {
            // The turn ends with the thread: a client that gives up drops the future, but not the work.
            let _turn = turn;
            let start = Instant::now();
            let outcome = bcrypt(&pepper.prepare(&password));
            let duration = start.elapsed();
            last_duration.store(duration.as_micros() as u64, Ordering::Relaxed);
            durations.observe(duration.as_secs_f64());
            outcome
        });
        thread.await.map_err(failed)?.map_err(failed)
    }

    /// Waits for a turn of `client`, unless it would come too late. A request that is dropped leaves the queue.
    async fn turn(&self, client: HashClient) -> Result<Turn, HashingError> {
        self.check_capacity(client)?;
        let turn = tokio::time::timeout(self.max_wait, self.queue.turn(client));
        turn.await.map_err(|_| self.refusal())?.map_err(failed)
    }

    fn refusal(&self) -> HashingError {
        self.refusals.inc();
        HashingError::Saturated
    }

    /// Returns the pepper of a stored hash, and the part of the hash for bcrypt.
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
    async fn hash(&self, client: HashClient, password: RawPassword) -> Result<PasswordHash, HashingError> {
        let (pepper, cost) = (self.pepper.clone(), self.cost);
        let bcrypt = move |prepared: &str| bcrypt::hash(prepared, cost);
        let hash = self.run(client, password, pepper, bcrypt).await?;
        Ok(PasswordHash::new(format!("{}{hash}", self.pepper.id)))
    }

    async fn verify(
        &self,
        client: HashClient,
        password: RawPassword,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        let (pepper, stored) = match hash.as_ref().and_then(|hash| self.parts(hash)) {
            Some((pepper, stored)) => (pepper, Some(stored.to_owned())),
            None => (&self.pepper, None),
        };
        let padding = self.padding.clone();
        self.run(client, password, pepper.clone(), move |prepared| {
            padding.verify(prepared, stored.as_deref(), |prepared, hash| {
                bcrypt::verify(prepared, hash)
            })
        })
        .await
    }

    fn check_capacity(&self, client: HashClient) -> Result<(), HashingError> {
        let Some(turns_ahead) = self.queue.turns_ahead(client) else {
            return Ok(());
        };
        let last_duration = Duration::from_micros(self.last_duration.load(Ordering::Relaxed));
        // Running hashes are half done on average.
        let halves = u32::try_from(2 * turns_ahead + 1).unwrap_or(u32::MAX);
        let expected_wait = last_duration.saturating_mul(halves) / (2 * self.max_concurrent);
        if expected_wait > self.max_wait {
            return Err(self.refusal());
        }
        Ok(())
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let current = hash.expose().strip_prefix(&self.pepper.id);
        let parts = current.and_then(|stored| stored.parse::<HashParts>().ok());
        parts.is_none_or(|parts| parts.get_cost() != self.cost)
    }
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

/// Returns the public id of a pepper: the first eight bytes of its SHA-256, in hexadecimal.
pub fn pepper_id(pepper: &SecretString) -> String {
    let digest = Sha256::digest(pepper.expose_secret());
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
