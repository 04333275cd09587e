use std::{io, time::Duration};

use sea_orm::{DbErr, RuntimeErr, sqlx};
use tokio::runtime::Handle;
use tokio_util::context::TokioContext;

/// Runs the queries of a database on one runtime, within a time limit.
///
/// The database itself ends statements that run for too long, but without the limit a server that falls silent would be
/// waited for until the operating system gives up, a quarter of an hour later.
///
/// Without the runtime, connections that a pool opens would end with the worker whose request opened them, while other
/// workers use them.
#[derive(Clone, Debug)]
pub struct Executor {
    /// `None` for a file, which does not fall silent, and whose connections belong to no runtime.
    timeout: Option<Duration>,
    runtime: Handle,
}

impl Executor {
    /// Runs queries on the current runtime.
    pub fn new(timeout: Option<Duration>) -> Self {
        let runtime = Handle::current();
        Self { timeout, runtime }
    }

    /// Awaits `query`, and drops it at the time limit.
    ///
    /// # Errors
    /// As `query`, and [`DbErr::Conn`] at the time limit.
    pub async fn with_timeout<T>(&self, query: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(timeout) = self.timeout else {
            return query.await;
        };
        let query = TokioContext::new(query, self.runtime.clone());
        let outcome = tokio::time::timeout(timeout, query).await;
        outcome.unwrap_or_else(|elapsed| Err(lost(elapsed)))
    }

    /// Awaits `query`, which runs on when the caller no longer waits for it, and drops it at the time limit.
    ///
    /// The beginning of a transaction must not stop halfway: its connection would carry it back into the pool. At the time
    /// limit the server has been silent for so long that the connection is most likely closed.
    ///
    /// # Errors
    /// As `query`, and [`DbErr::Conn`] at the time limit.
    pub async fn run_to_completion<T: Send + 'static>(
        &self,
        query: impl Future<Output = Result<T, DbErr>> + Send + 'static,
    ) -> Result<T, DbErr> {
        let timeout = self.timeout.unwrap_or(Duration::MAX);
        let query = self.runtime.spawn(tokio::time::timeout(timeout, query));
        match query.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(elapsed)) => Err(lost(elapsed)),
            Err(cancelled) => Err(lost(cancelled)),
        }
    }
}

fn lost(reason: impl Into<io::Error>) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::Io(reason.into()).into()))
}
