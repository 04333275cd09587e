use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::executor::Executor;

/// A connection, pool or transaction whose queries run on an [`Executor`].
#[derive(Clone, Debug)]
pub struct TimedConnection<C> {
    inner: C,
    executor: Executor,
}

impl<C> TimedConnection<C> {
    /// Wraps `inner`.
    pub fn new(inner: C, executor: &Executor) -> Self {
        Self {
            inner,
            executor: executor.clone(),
        }
    }

    /// Returns the connection without a time limit.
    pub fn untimed(&self) -> &C {
        &self.inner
    }

    /// Returns what limits the time of its queries.
    pub fn executor(&self) -> &Executor {
        &self.executor
    }

    /// Unwraps the connection.
    pub fn into_untimed(self) -> C {
        self.inner
    }
}

impl TimedConnection<DatabaseTransaction> {
    /// Commits the transaction. If the database does not answer in time, it may have been committed nevertheless.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.executor.commit_with_timeout(self.inner.commit()).await
    }
}

#[async_trait]
impl<C: ConnectionTrait> ConnectionTrait for TimedConnection<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.executor.with_timeout(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.executor.with_timeout(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.executor.with_timeout(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.executor.with_timeout(self.inner.query_all_raw(statement)).await
    }

    fn support_returning(&self) -> bool {
        self.inner.support_returning()
    }
}
