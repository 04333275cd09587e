//! The starting point for tests of use cases.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    InMemoryStore,
    fakes::{
        FakeAccessTokens, FakeBreachedPasswords, FakeClock, FakeDeviceTokens, FakeErasedUsernameKeys,
        FakePasswordHasher, FakeRandom, hash_of,
    },
};
use crate::{
    application::{
        access::{Actor, Credential},
        audit::Refusals,
        audit_trail::{AuditAction, AuditEvent, Provenance},
        commands::account::{LogInRequest, SignUpRequest},
        ports::{AccessToken, AccessTokens, ErasedUsernameKeys, RandomExt, Transaction, UnitOfWork},
        queries::links::ReadLinkError,
        views::{OneTimeLinkView, UserView},
    },
    domain::{
        link::LinkToken,
        secret::Secret,
        session::{AuthSession, AuthSessionId, ClientDetails},
        user::{Role, User, UserId, UserState, Username},
    },
};

/// The password of every [`user`].
pub(crate) const PASSWORD: &str = "correct horse";

/// Returns a user from the past, with a unique id and the password [`PASSWORD`].
pub(crate) fn user(username: &str, role: Role) -> User {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let past = DateTime::UNIX_EPOCH + TimeDelta::days(1);
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let id = UserId::new(past, bytes);
    User::new(id, Username::new(username).unwrap(), hash_of(PASSWORD), role, past)
}

/// Returns a [`user`] without a password.
pub(crate) fn invited(username: &str, role: Role) -> User {
    User::restore(UserState {
        password_hash: None,
        ..user(username, role).state().clone()
    })
}

/// Returns a log-in from [`provenance`] on an unknown device.
pub(crate) fn log_in_request(username: &str, password: &str) -> LogInRequest {
    LogInRequest {
        username: username.into(),
        password: password.into(),
        device_token: None,
        user_agent: None,
        provenance: provenance(),
    }
}

/// Returns an actor of this role who is in no store.
pub(crate) fn actor(role: Role) -> Actor {
    let user = user("somebody", role);
    Actor {
        user: UserView::from(&user),
        credential: Credential::Session {
            id: AuthSessionId::new(DateTime::UNIX_EPOCH, [0; 10]),
            expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(2),
            digest: Secret::new([0; 32]).digest(),
        },
        provenance: provenance(),
    }
}

/// Returns the provenance of all requests in tests.
pub(crate) fn provenance() -> Provenance {
    Provenance {
        address: Some([192, 0, 2, 1].into()),
        request_id: Some("request".into()),
    }
}

/// A session that a test began.
pub(crate) struct TestSession {
    pub(crate) actor: Actor,
    pub(crate) token: AccessToken,
}

/// The fakes of all ports.
///
/// Sessions live for an hour, are renewed in its second half, and end after two and a half hours. A user has at most
/// three.
pub(crate) struct World {
    pub(super) store: Arc<InMemoryStore>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) random: Arc<FakeRandom>,
    pub(super) breached_passwords: Arc<FakeBreachedPasswords>,
    pub(super) password_hasher: Arc<FakePasswordHasher>,
    pub(super) refusals: Arc<Refusals>,
    pub(super) device_tokens: Arc<FakeDeviceTokens>,
}

impl World {
    /// Attempts at an account from one network, and sign-ups from there, that need not wait.
    ///
    /// From all networks an account has twice as many, and one network has three times as many for all accounts.
    pub(crate) const FREE_ATTEMPTS: u32 = 5;
    /// Log-ins to an account from one network without a delay, successful ones included.
    pub(crate) const FREE_LOG_INS: u32 = 50;
    /// Changes that a user may make within a minute.
    pub(crate) const CHANGES_PER_MINUTE: u32 = 20;
    /// Consecutive failures that close an account to strangers.
    pub(crate) const MOST_FAILURES: u32 = 20;
    /// The first delay.
    pub(crate) const FIRST_DELAY: TimeDelta = TimeDelta::seconds(1);
    /// The longest delay.
    pub(crate) const MAX_DELAY: TimeDelta = TimeDelta::seconds(60);
    /// How long it takes until a failure expires.
    pub(crate) const FORGET_ONE_AFTER: TimeDelta = TimeDelta::hours(1);
    /// How long a device is known.
    pub(crate) const DEVICE_TTL: TimeDelta = TimeDelta::days(30);

    pub(crate) fn new() -> Self {
        Self {
            store: Arc::default(),
            clock: Arc::new(FakeClock::at(DateTime::UNIX_EPOCH + TimeDelta::days(1000))),
            random: Arc::default(),
            breached_passwords: Arc::default(),
            password_hasher: Arc::default(),
            refusals: Arc::default(),
            device_tokens: Arc::default(),
        }
    }

    pub(crate) async fn with(users: impl IntoIterator<Item = User>) -> Self {
        let world = Self::new();
        let transaction = world.begin().await;
        for user in users {
            transaction.users().insert(&user).await.unwrap();
        }
        transaction.commit().await.unwrap();
        world
    }

    pub(crate) fn store(&self) -> Arc<InMemoryStore> {
        self.store.clone()
    }

    pub(crate) fn clock(&self) -> Arc<FakeClock> {
        self.clock.clone()
    }

    pub(crate) fn breached_passwords(&self) -> Arc<FakeBreachedPasswords> {
        self.breached_passwords.clone()
    }

    pub(crate) fn password_hasher(&self) -> Arc<FakePasswordHasher> {
        self.password_hasher.clone()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        use crate::application::ports::Clock;
        self.clock.now()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    pub(crate) fn rotate_hasher(&self) {
        self.password_hasher.rotate();
    }

    pub(crate) fn saturate_hasher(&self) {
        self.password_hasher.saturate();
    }

    pub(crate) fn hash_count(&self) -> usize {
        self.password_hasher.clients().len()
    }

    /// Runs `action` while the next password is hashed, as if another request did.
    pub(crate) fn while_hashing(&self, action: impl FnOnce() + Send + 'static) {
        self.password_hasher.meanwhile(action);
    }

    /// Signs up a user with this name and the password [`PASSWORD`].
    pub(crate) async fn sign_up(&self, username: &str) -> UserView {
        let request = SignUpRequest {
            username: username.into(),
            password: PASSWORD.into(),
            provenance: provenance(),
        };
        self.sign_up_use_case().execute(request).await.unwrap()
    }

    /// Attempts to log in with a wrong password.
    pub(crate) async fn fail_to_log_in(&self, username: &str) {
        let request = LogInRequest {
            username: username.into(),
            password: "wrong horse".into(),
            device_token: None,
            user_agent: None,
            provenance: provenance(),
        };
        assert!(self.log_in().execute(request).await.is_err());
    }

    /// Returns an actor of this role who is stored and logged in.
    pub(crate) fn actor(&self, role: Role) -> Actor {
        let user = user("somebody", role);
        self.store.replace_user(&user);
        self.begin_session(&user).actor
    }

    pub(crate) fn begin_session(&self, user: &User) -> TestSession {
        let (now, secret) = (self.now(), Secret::new(self.random.bytes()));
        let id = AuthSessionId::new(now, self.random.bytes());
        let session = AuthSession::begin(
            id,
            user.id(),
            ClientDetails::default(),
            &secret,
            &self.session_lifetime(),
            now,
        );
        self.store.add_session(&session);
        TestSession {
            actor: Actor {
                user: UserView::from(user),
                credential: Credential::Session {
                    id,
                    expires_at: session.expires_at(),
                    digest: secret.digest(),
                },
                provenance: provenance(),
            },
            token: FakeAccessTokens.issue(&secret, now, session.expires_at()).unwrap(),
        }
    }

    /// Returns whether the original token still opens the session.
    pub(crate) async fn is_live(&self, session: &TestSession) -> bool {
        let outcome = self.authenticate().execute(Some(&session.token), provenance()).await;
        outcome.is_ok()
    }

    pub(crate) async fn user(&self, id: UserId) -> Option<User> {
        self.begin().await.users().find_by_id_for_update(id).await.unwrap()
    }

    /// Remembers the name as that of an erased user, under the current secret (0) or a former one (1).
    pub(crate) async fn erase_username(&self, username: &str, secret: u8) {
        let transaction = self.begin().await;
        let key = FakeErasedUsernameKeys::key(&Username::new(username).unwrap(), secret);
        transaction.erased_usernames().insert(&key).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Returns whether the name is that of an erased user.
    pub(crate) async fn is_erased(&self, username: &str) -> bool {
        let keys = FakeErasedUsernameKeys.all(&Username::new(username).unwrap());
        self.begin().await.erased_usernames().contains_any(&keys).await.unwrap()
    }

    pub(crate) fn user_count(&self) -> usize {
        self.store.user_count()
    }

    pub(crate) fn session_count(&self) -> usize {
        self.store.session_count()
    }

    pub(crate) fn throttle_bucket_count(&self) -> usize {
        self.store.throttle_bucket_count()
    }

    pub(crate) fn link_count(&self) -> usize {
        self.store.link_count()
    }

    /// Issues a link to `user` by an admin above them, and returns its token.
    pub(crate) async fn link_to(&self, user: &User) -> LinkToken {
        let actor = self.actor(Role::SuperAdmin);
        let issued = self.issue_link().execute(&actor, user.id()).await;
        issued.unwrap().token
    }

    /// Reads a link from [`provenance`].
    pub(crate) async fn read_link(&self, token: &LinkToken) -> Result<OneTimeLinkView, ReadLinkError> {
        self.read_link_use_case().execute(token, &provenance()).await
    }

    /// Returns all events in the audit trail, oldest first.
    pub(crate) fn events(&self) -> Vec<AuditEvent> {
        self.store.audit_events()
    }

    /// Returns the action and the target of each completed action in the audit trail.
    pub(crate) fn done(&self) -> Vec<(AuditAction, UserId)> {
        let events = self.events().into_iter();
        let done = events.filter(|event| event.refusal.is_none());
        done.filter_map(|event| Some((event.action, event.target_id?)))
            .collect()
    }

    /// Removes and returns the noted refusals.
    pub(crate) fn refusals(&self) -> Vec<AuditEvent> {
        self.refusals.take_all()
    }

    pub(crate) fn noted_refusals(&self) -> Arc<Refusals> {
        self.refusals.clone()
    }

    async fn begin(&self) -> Box<dyn Transaction> {
        self.store.begin().await.unwrap()
    }
}
