use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Database, database::SeaOrmTransaction, purge::purge};
use crate::application::ports::{
    AuditEventRepository, AuthSessionRepository, ErasedUsernameRepository, Expirable, OneTimeLinkRepository,
    StorageError, ThrottleBucketRepository, Transaction, UnitOfWork, UserRepository,
};

#[async_trait]
impl UnitOfWork for Database {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StorageError> {
        Ok(Box::new(Database::begin(self).await?))
    }
}

#[async_trait]
impl Transaction for SeaOrmTransaction {
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
        Ok(purge(what, time, limit, &self.inner).await?)
    }

    async fn commit(self: Box<Self>) -> Result<(), StorageError> {
        Ok((*self).commit().await?)
    }
}
