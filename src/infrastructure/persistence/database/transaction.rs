use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::OwnedSemaphorePermit;

use super::timed_connection::TimedConnection;

/// An open transaction, which is every repository at once. Others wait for their turn until it is dropped.
#[derive(Debug)]
pub struct SeaOrmTransaction {
    /// The connection on which the transaction is open.
    pub inner: TimedConnection<DatabaseTransaction>,
    pub(super) _turn: OwnedSemaphorePermit,
}

impl SeaOrmTransaction {
    /// Commits the transaction, and ends its turn.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }
}
