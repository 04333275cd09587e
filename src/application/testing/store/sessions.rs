//! Sessions in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{InMemoryStore, InMemoryTransaction, State};
use crate::{
    application::{
        ports::{
            AuthSessionRepository, Credentials, Identity, IdentityReader, LastSeenRecorder, SessionReader, StorageError,
        },
        views::{SessionView, UserView},
    },
    domain::{
        session::{AuthSession, AuthSessionId, AuthSessionState, SessionSecretDigest},
        user::{UserId, Username},
    },
};

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
impl IdentityReader for InMemoryStore {
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, StorageError> {
        let state = self.read()?;
        let user = state.users.values().find(|user| user.state().username == *username);
        Ok(user.map(|user| Credentials {
            user_id: user.id(),
            password_hash: user.password_hash().clone(),
            generation: user.credentials_generation(),
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
