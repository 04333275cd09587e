//! The usernames of erased users in memory.

use async_trait::async_trait;

use super::InMemoryTransaction;
use crate::{
    application::ports::{ErasedUsernameRepository, StorageError},
    domain::user::ErasedUsernameKey,
};

#[async_trait]
impl ErasedUsernameRepository for InMemoryTransaction {
    async fn insert(&self, key: &ErasedUsernameKey) -> Result<(), StorageError> {
        self.working.lock().unwrap().erased_usernames.insert(*key);
        Ok(())
    }

    async fn contains_any(&self, keys: &[ErasedUsernameKey]) -> Result<bool, StorageError> {
        let state = self.working.lock().unwrap();
        Ok(keys.iter().any(|key| state.erased_usernames.contains(key)))
    }
}
