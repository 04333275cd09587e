mod audit_events;
mod throttle_buckets;

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    application::{
        SessionView, UserView,
        ports::{
            AuditEventRepository, AuthSessionRepository, Credentials, Identity, IdentityReader, InsertUserError,
            LastSeenRecorder, SessionReader, StorageError, ThrottleBucketRepository, Transaction, UnitOfWork,
            UserReader, UserRepository,
        },
        queries::users::{ListUsersFilter, SortingOrder, UserPage, UserPageRequest, UserSortingField},
    },
    domain::{
        audit::{AuditEvent, AuditEventId},
        session::{AuthSession, AuthSessionId, AuthSessionState, SessionSecretDigest},
        throttle::{ThrottleBucket, ThrottleKey},
        user::{User, UserId, Username},
    },
};

#[derive(Clone, Default)]
struct State {
    users: BTreeMap<UserId, User>,
    sessions: BTreeMap<AuthSessionId, AuthSession>,
    throttle_buckets: BTreeMap<ThrottleKey, ThrottleBucket>,
    audit_events: BTreeMap<AuditEventId, AuditEvent>,
}

/// A database in memory: one transaction at a time works on a copy, which its commit puts in place of the original.
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
    /// Refuses everything from now on.
    pub(crate) fn fail(&self) {
        self.fails.store(true, Relaxed);
    }

    /// Refuses every commit from now on.
    pub(crate) fn fail_commits(&self) {
        self.fails_commits.store(true, Relaxed);
    }

    /// Does `action` before the next transaction, as if another request did.
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
        let writer = self.writer.clone().lock_owned().await;
        if let Some(action) = self.before_next_transaction.lock().unwrap().take() {
            action();
        }
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

    fn sessions(&self) -> &dyn AuthSessionRepository {
        self
    }

    fn throttle_buckets(&self) -> &dyn ThrottleBucketRepository {
        self
    }

    fn audit_events(&self) -> &dyn AuditEventRepository {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        if self.fails_commit {
            return Err(lost());
        }
        *self.committed.lock().unwrap() = self.working.into_inner().unwrap();
        Ok(())
    }
}

#[async_trait]
impl UserRepository for InMemoryTransaction {
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        let mut state = self.working.lock().unwrap();
        if state
            .users
            .values()
            .any(|other| other.state().username == user.state().username)
        {
            return Err(InsertUserError::UsernameAlreadyExists);
        }
        state.users.insert(user.id(), user.clone());
        Ok(())
    }

    async fn find_for_update(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let state = self.working.lock().unwrap();
        Ok(state
            .users
            .values()
            .find(|user| user.state().username == *username)
            .cloned())
    }

    async fn find_by_id_for_update(&self, id: UserId) -> Result<Option<User>, StorageError> {
        Ok(self.working.lock().unwrap().users.get(&id).cloned())
    }

    async fn save(&self, user: &User) -> Result<(), StorageError> {
        self.working.lock().unwrap().users.insert(user.id(), user.clone());
        Ok(())
    }

    async fn count_active_super_admins_for_update(&self) -> Result<u64, StorageError> {
        let state = self.working.lock().unwrap();
        Ok(state.users.values().filter(|user| user.is_active_super_admin()).count() as u64)
    }
}

#[async_trait]
impl AuthSessionRepository for InMemoryTransaction {
    async fn insert(&self, session: &AuthSession) -> Result<(), StorageError> {
        let mut state = self.working.lock().unwrap();
        if !state.users.contains_key(&session.state().user_id) {
            return Err(StorageError::Failed("a session of nobody".into()));
        }
        state.sessions.insert(session.id(), session.clone());
        Ok(())
    }

    async fn find_live_for_update(
        &self,
        id: AuthSessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<AuthSession>, StorageError> {
        let state = self.working.lock().unwrap();
        Ok(state.sessions.get(&id).filter(|session| session.lives_at(now)).cloned())
    }

    async fn save(&self, session: &AuthSession) -> Result<(), StorageError> {
        self.working
            .lock()
            .unwrap()
            .sessions
            .insert(session.id(), session.clone());
        Ok(())
    }

    async fn extend(&self, session: &AuthSession, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let mut state = self.working.lock().unwrap();
        let stored = state
            .sessions
            .get_mut(&session.id())
            .filter(|stored| stored.lives_at(now) && stored.state().secret_digest == session.state().secret_digest);
        Ok(stored.map(|stored| *stored = session.clone()).is_some())
    }

    async fn delete(&self, id: AuthSessionId) -> Result<bool, StorageError> {
        Ok(self.working.lock().unwrap().sessions.remove(&id).is_some())
    }

    async fn delete_dead(&self, id: AuthSessionId, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let mut state = self.working.lock().unwrap();
        let is_dead = state.sessions.get(&id).is_some_and(|session| !session.lives_at(now));
        Ok(is_dead && state.sessions.remove(&id).is_some())
    }

    async fn delete_all_of(&self, user_id: UserId, keep: Option<AuthSessionId>) -> Result<u64, StorageError> {
        let mut state = self.working.lock().unwrap();
        let before = state.sessions.len();
        state
            .sessions
            .retain(|id, session| session.state().user_id != user_id || Some(*id) == keep);
        Ok((before - state.sessions.len()) as u64)
    }

    async fn delete_oldest_of(&self, user_id: UserId, keep: u64, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let mut state = self.working.lock().unwrap();
        let oldest: Vec<_> = live_sessions(&state, user_id, now).skip(keep as usize).collect();
        state.sessions.retain(|id, _| !oldest.contains(id));
        Ok(oldest.len() as u64)
    }

    async fn delete_expired(&self, limit: u64, now: DateTime<Utc>) -> Result<u64, StorageError> {
        let mut state = self.working.lock().unwrap();
        let mut expired: Vec<_> = state.sessions.values().filter(|one| one.expires_at() <= now).collect();
        expired.sort_by_key(|session| session.expires_at());
        let ids: Vec<_> = expired
            .iter()
            .take(limit as usize)
            .map(|session| session.id())
            .collect();
        state.sessions.retain(|id, _| !ids.contains(id));
        Ok(ids.len() as u64)
    }
}

#[async_trait]
impl UserReader for InMemoryStore {
    async fn list(&self, filter: &ListUsersFilter, page: &UserPageRequest) -> Result<UserPage, StorageError> {
        let state = self.read()?;
        let mut users: Vec<_> = state.users.values().filter(|user| lets_through(filter, user)).collect();
        users.sort_by(|one, other| {
            let (a, b) = (one.state(), other.state());
            let order = match page.sorting_field {
                UserSortingField::Username => a.username.key().cmp(b.username.key()),
                UserSortingField::Role => a.role.cmp(&b.role),
                UserSortingField::IsActive => a.is_active.cmp(&b.is_active),
                UserSortingField::CreatedAt => a.created_at.cmp(&b.created_at),
                UserSortingField::UpdatedAt => a.updated_at.cmp(&b.updated_at),
            };
            directed(order.then(a.id.cmp(&b.id)), page.sorting_order)
        });
        Ok(UserPage {
            total: users.len() as u64,
            users: users
                .into_iter()
                .skip(page.offset.get() as usize)
                .take(page.limit.get() as usize)
                .map(UserView::from)
                .collect(),
        })
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<UserView>, StorageError> {
        Ok(self.read()?.users.get(&id).map(UserView::from))
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<UserView>, StorageError> {
        let state = self.read()?;
        let user = state.users.values().find(|user| user.state().username == *username);
        Ok(user.map(UserView::from))
    }
}

#[async_trait]
impl IdentityReader for InMemoryStore {
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, StorageError> {
        let state = self.read()?;
        let user = state.users.values().find(|user| user.state().username == *username);
        Ok(user.map(|user| Credentials {
            user_id: user.id(),
            password_hash: user.password_hash().clone(),
            is_active: user.is_active(),
        }))
    }

    async fn find_identity(&self, secret: &SessionSecretDigest) -> Result<Option<Identity>, StorageError> {
        let state = self.read()?;
        let session = state
            .sessions
            .values()
            .find(|session| session.state().secret_digest == *secret);
        Ok(session.and_then(|session| {
            let user = state.users.get(&session.state().user_id)?;
            user.is_active().then(|| Identity {
                session: session.clone(),
                user: UserView::from(user),
            })
        }))
    }
}

#[async_trait]
impl SessionReader for InMemoryStore {
    async fn list_live(&self, user_id: UserId, now: DateTime<Utc>) -> Result<Vec<SessionView>, StorageError> {
        let state = self.read()?;
        let live = live_sessions(&state, user_id, now).map(|id| state.sessions[&id].state());
        let views = live.map(|session| SessionView {
            id: session.id,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            client: session.client.clone(),
        });
        Ok(views.collect())
    }
}

impl LastSeenRecorder for InMemoryStore {
    fn record(&self, id: AuthSessionId, now: DateTime<Utc>) {
        let Ok(_writer) = self.writer.try_lock() else { return };
        let Ok(mut state) = self.read() else { return };
        if let Some(session) = state.sessions.get_mut(&id)
            && session.is_due_to_be_seen(now)
            && session.lives_at(now)
        {
            *session = AuthSession::restore(AuthSessionState {
                last_seen_at: now,
                ..session.state().clone()
            });
        }
    }
}

/// The ids of a user's living sessions, the newest first.
fn live_sessions(state: &State, user_id: UserId, now: DateTime<Utc>) -> impl Iterator<Item = AuthSessionId> + use<> {
    let live = state.sessions.values().filter(|session| session.lives_at(now));
    let mut live: Vec<_> = live.map(AuthSession::state).collect();
    live.retain(|session| session.user_id == user_id);
    live.sort_by_key(|session| Reverse((session.created_at, session.id)));
    let ids: Vec<_> = live.iter().map(|session| session.id).collect();
    ids.into_iter()
}

fn lets_through(filter: &ListUsersFilter, user: &User) -> bool {
    filter.role.is_none_or(|role| user.role() == role)
        && filter.is_active.is_none_or(|is_active| user.is_active() == is_active)
        && filter
            .username
            .as_ref()
            .is_none_or(|prefix| user.state().username.key().starts_with(prefix.key()))
}

fn directed(order: Ordering, direction: SortingOrder) -> Ordering {
    match direction {
        SortingOrder::Ascending => order,
        SortingOrder::Descending => order.reverse(),
    }
}

mod contract {
    use std::sync::Arc;

    use super::InMemoryStore;
    use crate::application::ports::contract::{Storage, storage_contract};

    async fn in_memory() -> Storage {
        let store = Arc::new(InMemoryStore::default());
        Storage {
            unit_of_work: store.clone(),
            users: store.clone(),
            identities: store.clone(),
            sessions: store.clone(),
            audit_events: store.clone(),
            last_seen: store,
            guard: Box::new(()),
        }
    }

    storage_contract!(in_memory);
}
