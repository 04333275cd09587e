//! One-time links in memory.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{InMemoryStore, InMemoryTransaction};
use crate::{
    application::{
        ports::{OneTimeLinkReader, OneTimeLinkRepository, StorageError},
        views::OneTimeLinkView,
    },
    domain::{
        link::OneTimeLink,
        secret::SecretDigest,
        user::{User, UserId},
    },
};

#[async_trait]
impl OneTimeLinkRepository for InMemoryTransaction {
    async fn replace(&self, link: &OneTimeLink) -> Result<(), StorageError> {
        let mut state = self.working.lock().unwrap();
        let user_id = link.state().user_id;
        if !state.users.contains_key(&user_id) {
            return Err(StorageError::Failed("a link to nobody".into()));
        }
        state.links.insert(user_id, link.clone());
        Ok(())
    }

    async fn find_of(&self, user_id: UserId) -> Result<Option<OneTimeLink>, StorageError> {
        Ok(self.working.lock().unwrap().links.get(&user_id).cloned())
    }

    async fn delete_of(&self, user_id: UserId) -> Result<bool, StorageError> {
        Ok(self.working.lock().unwrap().links.remove(&user_id).is_some())
    }
}

#[async_trait]
impl OneTimeLinkReader for InMemoryStore {
    async fn find(&self, secret: &SecretDigest, now: DateTime<Utc>) -> Result<Option<OneTimeLinkView>, StorageError> {
        let state = self.read()?;
        let found = state.links.values().find_map(|link| {
            let user = state.users.get(&link.state().user_id)?;
            link.admits(secret, user, now).then(|| view(link, user))
        });
        Ok(found)
    }

    async fn find_of(&self, user_id: UserId) -> Result<Option<OneTimeLinkView>, StorageError> {
        let state = self.read()?;
        let found = state.links.get(&user_id);
        Ok(found.and_then(|link| Some(view(link, state.users.get(&user_id)?))))
    }
}

fn view(link: &OneTimeLink, user: &User) -> OneTimeLinkView {
    OneTimeLinkView {
        user_id: user.id(),
        username: user.state().username.clone(),
        kind: link.state().kind,
        expires_at: link.state().expires_at,
    }
}
