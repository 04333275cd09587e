use std::{io, sync::Arc, time::Duration};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, sqlx,
};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};
use tokio_util::context::TokioContext;

/// A connection, pool or transaction that waits for an answer so long and no longer.
///
/// The database itself ends statements that run for too long, and the operating system notices a server that closed the
/// connection; but one that fell silent, it would wait for a quarter of an hour.
///
/// Whoever uses it, it does its work on the runtime that it was made on. What a pool opens would otherwise die with the
/// runtime of the worker that happened to ask first, under the hands of another that finishes its requests.
#[derive(Clone, Debug)]
pub struct TimedConnection<C> {
    inner: C,
    /// None for a file: it does not fall silent, and what a pool opens of it is of no runtime.
    patience: Option<Duration>,
    runtime: Handle,
    /// What others wait for until this is dropped.
    _turn: Option<Arc<OwnedSemaphorePermit>>,
}

impl<C> TimedConnection<C> {
    /// Wraps `inner`, to do its work on the runtime that calls this.
    pub fn new(inner: C, patience: Option<Duration>) -> Self {
        Self {
            inner,
            patience,
            runtime: Handle::current(),
            _turn: None,
        }
    }

    /// What waits however long it takes.
    pub fn untimed(&self) -> &C {
        &self.inner
    }

    pub fn into_untimed(self) -> C {
        self.inner
    }

    /// The same patience and runtime with something else.
    pub fn with<T>(&self, inner: T) -> TimedConnection<T> {
        TimedConnection {
            inner,
            patience: self.patience,
            runtime: self.runtime.clone(),
            _turn: None,
        }
    }

    /// The same, for as long as others wait for their turn.
    pub fn holding(self, turn: OwnedSemaphorePermit) -> Self {
        Self {
            _turn: Some(Arc::new(turn)),
            ..self
        }
    }

    /// What `answer` comes to, if it comes in time; then it is dropped.
    ///
    /// # Errors
    /// As `answer`, and [`DbErr::Conn`] if it does not come in time.
    pub async fn in_time<T>(&self, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(patience) = self.patience else {
            return answer.await;
        };
        let answer = TokioContext::new(answer, self.runtime.clone());
        let answer = tokio::time::timeout(patience, answer).await;
        answer.unwrap_or_else(|elapsed| Err(silence(elapsed)))
    }

    /// What `answer` comes to, if it comes in time. If it does not, or nobody waits for it any more, it goes on, and what it
    /// comes to is dropped: for what must not stop halfway, as the beginning of a transaction, which its connection would
    /// carry back into the pool.
    ///
    /// # Errors
    /// As `answer`, and [`DbErr::Conn`] if it does not come in time.
    pub async fn to_its_end<T: Send + 'static>(
        &self,
        answer: impl Future<Output = Result<T, DbErr>> + Send + 'static,
    ) -> Result<T, DbErr> {
        let answer = self.runtime.spawn(answer);
        match tokio::time::timeout(self.patience.unwrap_or(Duration::MAX), answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(cancelled)) => Err(silence(cancelled)),
            Err(elapsed) => Err(silence(elapsed)),
        }
    }
}

/// That an answer did not come.
fn silence(reason: impl Into<io::Error>) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::Io(reason.into()).into()))
}

impl TimedConnection<DatabaseTransaction> {
    /// Makes the changes last.
    ///
    /// # Errors
    /// [`DbErr`] if the database fails; if it did not answer, they may have been made nevertheless.
    pub async fn commit(self) -> Result<(), DbErr> {
        let connection = self.with(());
        connection.in_time(self.inner.commit()).await
    }
}

#[async_trait]
impl<C: ConnectionTrait> ConnectionTrait for TimedConnection<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.in_time(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.in_time(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.in_time(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.in_time(self.inner.query_all_raw(statement)).await
    }

    fn support_returning(&self) -> bool {
        self.inner.support_returning()
    }
}
