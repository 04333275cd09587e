//! The fakes of all ports except storage.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    application::ports::{
        AccessToken, AccessTokens, BreachCheckError, BreachedPasswords, Clock, DeviceToken, DeviceTokens,
        ErasedUsernameKeys, HashClient, HashingError, IssueError, KnownDevice, PassToken, PassTokens, PasswordHasher,
        Random, ThrottleKeys, VerifiedToken,
    },
    domain::{
        secret::{Secret, SecretDigest},
        throttle::ThrottleKey,
        user::{ErasedUsernameKey, PasswordHash, RawPassword, Username},
    },
};

/// A clock that stands still until it is advanced.
pub(crate) struct FakeClock(Mutex<DateTime<Utc>>);

impl FakeClock {
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// Returns different bytes each time, but the same sequence in every run.
#[derive(Default)]
pub(crate) struct FakeRandom(AtomicU64);

impl Random for FakeRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let start = bytes.len() - number.len();
        bytes[start..].copy_from_slice(&number);
    }
}

/// Knows the breached passwords that a test adds, and counts the look-ups.
#[derive(Default)]
pub(crate) struct FakeBreachedPasswords {
    passwords: Mutex<Vec<String>>,
    lookups: AtomicU64,
    fails: AtomicBool,
}

impl FakeBreachedPasswords {
    pub(crate) fn add(&self, password: &str) {
        self.passwords.lock().unwrap().push(password.to_owned());
    }

    pub(crate) fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    /// Fails from now on.
    pub(crate) fn fail(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl BreachedPasswords for FakeBreachedPasswords {
    async fn contains(&self, password: &RawPassword) -> Result<bool, BreachCheckError> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        if self.fails.load(Ordering::Relaxed) {
            return Err(BreachCheckError("out of reach".into()));
        }
        let passwords = self.passwords.lock().unwrap();
        Ok(passwords.iter().any(|breached| breached == password.expose()))
    }
}

/// Returns the hash that [`FakePasswordHasher`] makes of a password.
pub(crate) fn hash_of(password: &str) -> PasswordHash {
    PasswordHash::new(format!("hash of {password}"))
}

/// The prefix of hashes since [`FakePasswordHasher::rotate`].
const ROTATED: &str = "rotated ";

/// Returns the hash of a password since [`FakePasswordHasher::rotate`].
pub(crate) fn rotated_hash_of(password: &str) -> PasswordHash {
    PasswordHash::new(format!("{ROTATED}{}", hash_of(password).expose()))
}

/// Hashes at once, records the clients, and can run an action meanwhile.
#[derive(Default)]
pub(crate) struct FakePasswordHasher {
    clients: Mutex<Vec<HashClient>>,
    rotated: AtomicBool,
    saturated: AtomicBool,
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl FakePasswordHasher {
    /// Returns the client of each hash so far.
    pub(crate) fn clients(&self) -> Vec<HashClient> {
        self.clients.lock().unwrap().clone()
    }

    /// Makes all hashes differently from now on.
    pub(crate) fn rotate(&self) {
        self.rotated.store(true, Ordering::Relaxed);
    }

    pub(crate) fn saturate(&self) {
        self.saturated.store(true, Ordering::Relaxed);
    }

    pub(crate) fn meanwhile(&self, action: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(action));
    }

    fn work(&self, client: HashClient) -> Result<(), HashingError> {
        self.check_capacity(client)?;
        self.clients.lock().unwrap().push(client);
        if let Some(action) = self.meanwhile.lock().unwrap().take() {
            action();
        }
        Ok(())
    }
}

#[async_trait]
impl PasswordHasher for FakePasswordHasher {
    async fn hash(&self, client: HashClient, password: RawPassword) -> Result<PasswordHash, HashingError> {
        self.work(client)?;
        let make = if self.rotated.load(Ordering::Relaxed) {
            rotated_hash_of
        } else {
            hash_of
        };
        Ok(make(password.expose()))
    }

    async fn verify(
        &self,
        client: HashClient,
        password: RawPassword,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError> {
        self.work(client)?;
        let password = password.expose();
        Ok(hash.is_some_and(|hash| hash == hash_of(password) || hash == rotated_hash_of(password)))
    }

    fn check_capacity(&self, _client: HashClient) -> Result<(), HashingError> {
        if self.saturated.load(Ordering::Relaxed) {
            return Err(HashingError::Saturated);
        }
        Ok(())
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        hash.expose().starts_with(ROTATED) != self.rotated.load(Ordering::Relaxed)
    }
}

/// Issues readable tokens: the expiry, then the bytes of the secret.
pub(crate) struct FakeAccessTokens;

impl AccessTokens for FakeAccessTokens {
    fn issue(
        &self,
        secret: &Secret,
        _issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<AccessToken, IssueError> {
        let token = (expires_at, secret.expose());
        Ok(AccessToken::new(serde_json::to_string(&token).unwrap()))
    }

    fn verify(&self, token: &AccessToken) -> Option<VerifiedToken> {
        let (expires_at, secret) = serde_json::from_str(token.expose()).ok()?;
        let secret = Secret::new(secret);
        Some(VerifiedToken { secret, expires_at })
    }
}

/// Issues numbers as device tokens, and stores the device of each.
#[derive(Default)]
pub(crate) struct FakeDeviceTokens(Mutex<Vec<(KnownDevice, DateTime<Utc>)>>);

impl DeviceTokens for FakeDeviceTokens {
    fn issue(
        &self,
        device: &KnownDevice,
        _issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<DeviceToken, IssueError> {
        let mut issued = self.0.lock().unwrap();
        issued.push((*device, expires_at));
        Ok(DeviceToken::new((issued.len() - 1).to_string()))
    }

    fn verify(&self, token: &DeviceToken, now: DateTime<Utc>) -> Option<KnownDevice> {
        let number: usize = token.expose().parse().ok()?;
        let (device, expires_at) = *self.0.lock().unwrap().get(number)?;
        (now < expires_at).then_some(device)
    }
}

/// Issues readable passes: the expiry, then the bytes of the digest.
pub(crate) struct FakePassTokens;

impl PassTokens for FakePassTokens {
    fn issue(
        &self,
        secret: &SecretDigest,
        _issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<PassToken, IssueError> {
        let token = (expires_at, secret.as_bytes());
        Ok(PassToken::new(serde_json::to_string(&token).unwrap()))
    }

    fn verify(&self, token: &PassToken, now: DateTime<Utc>) -> Option<SecretDigest> {
        let (expires_at, secret) = serde_json::from_str::<(DateTime<Utc>, _)>(token.expose()).ok()?;
        (now < expires_at).then(|| SecretDigest::new(secret))
    }
}

/// Uses the end of the subject as the key.
pub(crate) struct FakeThrottleKeys;

impl ThrottleKeys for FakeThrottleKeys {
    fn key(&self, subject: &str) -> ThrottleKey {
        let mut key = [0; 32];
        for (byte, of_subject) in key.iter_mut().zip(subject.bytes().rev()) {
            *byte = of_subject;
        }
        ThrottleKey::new(key)
    }
}

/// Keys that consist of the name and the number of the secret: 0 for the current one, 1 for a former one.
pub(crate) struct FakeErasedUsernameKeys;

impl FakeErasedUsernameKeys {
    pub(crate) fn key(username: &Username, secret: u8) -> ErasedUsernameKey {
        let mut key = [secret; 32];
        key[..username.key().len()].copy_from_slice(username.key().as_bytes());
        ErasedUsernameKey::new(key)
    }
}

impl ErasedUsernameKeys for FakeErasedUsernameKeys {
    fn current(&self, username: &Username) -> ErasedUsernameKey {
        Self::key(username, 0)
    }

    fn all(&self, username: &Username) -> Vec<ErasedUsernameKey> {
        [0, 1].map(|secret| Self::key(username, secret)).into()
    }
}
