//! Sessions in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{InMemoryStore, InMemoryTransaction, State};
use crate::{
    application::{
        ports::{
            AuthSessionRepository, Credentials, Identity, IdentityReader, SessionReader, SessionToucher, StorageError,
        },
        views::{SessionView, UserView},
    },
    domain::{
        secret::SecretDigest,
        session::{AuthSession, AuthSessionId, Touch},
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
        state.see(session.state().user_id, session.state().last_seen_at);
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

    async fn delete(&self, id: AuthSessionId) -> Result<bool, StorageError> {
        Ok(self.working.lock().unwrap().sessions.remove(&id).is_some())
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
}

#[async_trait]
impl IdentityReader for InMemoryStore {
    async fn find_credentials(&self, username: &Username) -> Result<Option<Credentials>, StorageError> {
        let state = self.read()?;
        let user = state.users.values().find(|user| user.state().username == *username);
        Ok(user.map(|user| Credentials {
            user_id: user.id(),
            password_hash: user.password_hash().cloned(),
            generation: user.credentials_generation(),
            is_active: user.is_active(),
        }))
    }

    async fn find_identity(&self, secret: &SecretDigest) -> Result<Option<Identity>, StorageError> {
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
        let live = live_sessions(&state, user_id, now).map(|id| state.sessions[&id].clone());
        Ok(live.map(SessionView::from).collect())
    }
}

#[async_trait]
impl SessionToucher for InMemoryStore {
    async fn touch(&self, session: &AuthSession, touch: Touch, now: DateTime<Utc>) -> Result<bool, StorageError> {
        let _writer = self.lock_writer().await;
        let mut state = self.write()?;
        let touched = state
            .sessions
            .get_mut(&session.id())
            .filter(|stored| stored.lives_at(now) && stored.state().secret_digest == session.state().secret_digest);
        let is_there = touched.is_some();
        if let Some(stored) = touched
            && (touch != Touch::Seen || now - stored.state().last_seen_at >= AuthSession::LAST_SEEN_STEP)
        {
            let mut stored_state = stored.state().clone();
            stored_state.last_seen_at = now;
            if let Touch::Extended(expires_at) = touch {
                stored_state.expires_at = expires_at;
            }
            *stored = AuthSession::restore(stored_state);
            state.see(session.state().user_id, now);
        }
        Ok(is_there || touch == Touch::Seen)
    }
}

/// Returns the ids of a user's live sessions, newest first.
fn live_sessions(state: &State, user_id: UserId, now: DateTime<Utc>) -> impl Iterator<Item = AuthSessionId> + use<> {
    let live = state.sessions.values().filter(|session| session.lives_at(now));
    let mut live: Vec<_> = live.map(AuthSession::state).collect();
    live.retain(|session| session.user_id == user_id);
    live.sort_by_key(|session| Reverse((session.created_at, session.id)));
    let ids: Vec<_> = live.iter().map(|session| session.id).collect();
    ids.into_iter()
}
