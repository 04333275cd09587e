use async_trait::async_trait;
use sea_orm::DatabaseTransaction;

use super::{Database, database::TimedConnection};
use crate::application::ports::{
    AuditEventRepository, AuthSessionRepository, StorageError, ThrottleBucketRepository, Transaction, UnitOfWork,
    UserRepository,
};

/// Opens transactions of the database.
#[derive(Debug)]
pub struct SeaOrmUnitOfWork {
    database: Database,
}

/// An open transaction. It is all repositories at once, for all are views of the same rows.
pub(super) struct SeaOrmTransaction {
    pub(super) inner: TimedConnection<DatabaseTransaction>,
}

impl SeaOrmUnitOfWork {
    /// Opens transactions of `database`.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }
}

#[async_trait]
impl UnitOfWork for SeaOrmUnitOfWork {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StorageError> {
        let inner = self.database.begin().await?;
        Ok(Box::new(SeaOrmTransaction { inner }))
    }
}

#[async_trait]
impl Transaction for SeaOrmTransaction {
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
        Ok(self.inner.commit().await?)
    }
}
