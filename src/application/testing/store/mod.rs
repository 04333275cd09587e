//! The fake of all storage ports.

mod audit_events;
mod contract;
mod erased_usernames;
mod links;
mod sessions;
mod throttle_buckets;
mod users;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    application::{
        audit_trail::{AuditEvent, AuditEventId},
        ports::{
            AuditEventRepository, AuthSessionRepository, ErasedUsernameRepository, Expirable, OneTimeLinkRepository,
            StorageError, ThrottleBucketRepository, Transaction, UnitOfWork, UserRepository,
        },
    },
    domain::{
        link::OneTimeLink,
        session::{AuthSession, AuthSessionId},
        throttle::{ThrottleBucket, ThrottleKey},
        user::{ErasedUsernameKey, User, UserId},
    },
};

#[derive(Clone, Default)]
struct State {
    users: BTreeMap<UserId, User>,
    last_seen: BTreeMap<UserId, DateTime<Utc>>,
    erased_usernames: BTreeSet<ErasedUsernameKey>,
    sessions: BTreeMap<AuthSessionId, AuthSession>,
    links: BTreeMap<UserId, OneTimeLink>,
    throttle_buckets: BTreeMap<ThrottleKey, ThrottleBucket>,
    audit_events: BTreeMap<AuditEventId, AuditEvent>,
}

/// A database in memory.
///
/// One transaction at a time works on a copy, which replaces the original when it commits.
#[derive(Default)]
pub(crate) struct InMemoryStore {
    committed: Arc<Mutex<State>>,
    writer: Arc<tokio::sync::Mutex<()>>,
    fails: AtomicBool,
    fails_commits: AtomicBool,
    before_next_transaction: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

struct InMemoryTransaction {
    committed: Arc<Mutex<State>>,
    working: Mutex<State>,
    fails_commit: bool,
    _writer: tokio::sync::OwnedMutexGuard<()>,
}

fn lost() -> StorageError {
    StorageError::Unavailable("the test took the store away".into())
}

impl InMemoryStore {
    /// Fails all operations from now on.
    pub(crate) fn fail(&self) {
        self.fails.store(true, Relaxed);
    }

    /// Fails every commit from now on.
    pub(crate) fn fail_commits(&self) {
        self.fails_commits.store(true, Relaxed);
    }

    /// Runs `action` before the next transaction, as if another request did.
    pub(crate) fn before_next_transaction(&self, action: impl FnOnce() + Send + 'static) {
        *self.before_next_transaction.lock().unwrap() = Some(Box::new(action));
    }

    pub(crate) fn replace_user(&self, user: &User) {
        self.committed.lock().unwrap().users.insert(user.id(), user.clone());
    }

    pub(crate) fn add_session(&self, session: &AuthSession) {
        let mut state = self.committed.lock().unwrap();
        state.sessions.insert(session.id(), session.clone());
    }

    pub(crate) fn remove_session(&self, id: AuthSessionId) {
        self.committed.lock().unwrap().sessions.remove(&id);
    }

    pub(crate) fn remove_link(&self, user_id: UserId) {
        self.committed.lock().unwrap().links.remove(&user_id);
    }

    pub(crate) fn link_count(&self) -> usize {
        self.committed.lock().unwrap().links.len()
    }

    pub(crate) fn user_count(&self) -> usize {
        self.committed.lock().unwrap().users.len()
    }

    pub(crate) fn session_count(&self) -> usize {
        self.committed.lock().unwrap().sessions.len()
    }

    pub(crate) fn sessions(&self) -> Vec<AuthSession> {
        self.committed.lock().unwrap().sessions.values().cloned().collect()
    }

    pub(crate) fn throttle_bucket_count(&self) -> usize {
        self.committed.lock().unwrap().throttle_buckets.len()
    }

    pub(crate) fn audit_events(&self) -> Vec<AuditEvent> {
        self.committed.lock().unwrap().audit_events.values().cloned().collect()
    }

    /// Waits until no other transaction runs, and runs the action that was set for this moment.
    async fn lock_writer(&self) -> tokio::sync::OwnedMutexGuard<()> {
        let writer = self.writer.clone().lock_owned().await;
        if let Some(action) = self.before_next_transaction.lock().unwrap().take() {
            action();
        }
        writer
    }

    fn write(&self) -> Result<MutexGuard<'_, State>, StorageError> {
        if self.fails_commits.load(Relaxed) {
            return Err(lost());
        }
        self.read()
    }

    fn read(&self) -> Result<MutexGuard<'_, State>, StorageError> {
        if self.fails.load(Relaxed) {
            return Err(lost());
        }
        Ok(self.committed.lock().unwrap())
    }
}

#[async_trait]
impl UnitOfWork for InMemoryStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StorageError> {
        let writer = self.lock_writer().await;
        let working = self.read()?.clone();
        Ok(Box::new(InMemoryTransaction {
            committed: self.committed.clone(),
            working: Mutex::new(working),
            fails_commit: self.fails_commits.load(Relaxed),
            _writer: writer,
        }))
    }
}

#[async_trait]
impl Transaction for InMemoryTransaction {
    fn users(&self) -> &dyn UserRepository {
        self
    }

    fn erased_usernames(&self) -> &dyn ErasedUsernameRepository {
        self
    }

    fn sessions(&self) -> &dyn AuthSessionRepository {
        self
    }

    fn links(&self) -> &dyn OneTimeLinkRepository {
        self
    }

    fn throttle_buckets(&self) -> &dyn ThrottleBucketRepository {
        self
    }

    fn audit_events(&self) -> &dyn AuditEventRepository {
        self
    }

    async fn purge(&self, what: Expirable, time: DateTime<Utc>, limit: u64) -> Result<u64, StorageError> {
        let mut state = self.working.lock().unwrap();
        Ok(match what {
            Expirable::Sessions => remove(&mut state.sessions, limit, |session| {
                Some(session.expires_at()).filter(|expiry| *expiry <= time)
            }),
            Expirable::Links => remove(&mut state.links, limit, |link| {
                Some(link.state().expires_at).filter(|expiry| *expiry <= time)
            }),
            Expirable::ThrottleBuckets => remove(&mut state.throttle_buckets, limit, |bucket| {
                Some(bucket.state().expires_at).filter(|expiry| *expiry <= time)
            }),
            Expirable::AuditEvents => remove(&mut state.audit_events, limit, |event| {
                Some(event.id).filter(|id| *id < AuditEventId::first_at(time))
            }),
        })
    }

    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        if self.fails_commit {
            return Err(lost());
        }
        *self.committed.lock().unwrap() = self.working.into_inner().unwrap();
        Ok(())
    }
}

/// Removes the first `limit` expired rows, in the order of expiry, and returns their number.
fn remove<K: Copy + Ord, V, E: Ord>(rows: &mut BTreeMap<K, V>, limit: u64, expiry: impl Fn(&V) -> Option<E>) -> u64 {
    let mut expired: Vec<_> = rows
        .iter()
        .filter_map(|(key, row)| Some((expiry(row)?, *key)))
        .collect();
    expired.sort();
    expired.truncate(limit as usize);
    for (_, key) in &expired {
        rows.remove(key);
    }
    expired.len() as u64
}
