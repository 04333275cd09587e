use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{DbErr, RuntimeErr, sqlx};
use tokio::{runtime::Handle, time::error::Elapsed};
use tokio_util::context::TokioContext;

/// The age at which the pools of sqlx close a connection, by default.
const MAX_CONNECTION_AGE: Duration = Duration::from_secs(30 * 60);

/// When a server last left a query unanswered, other than a commit.
#[derive(Clone, Debug, Default)]
pub struct Silence(Arc<Mutex<Option<Instant>>>);

impl Silence {
    /// Returns whether a connection of this age had been opened before.
    pub fn has_met(&self, age: Duration) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|time| time.elapsed() <= age)
    }

    /// Returns whether a connection may still be open that was open then.
    pub fn is_recent(&self) -> bool {
        self.has_met(MAX_CONNECTION_AGE)
    }

    /// Remembers a silence that ends now.
    pub fn record(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

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
    silence: Silence,
}

impl Executor {
    /// Runs queries on the current runtime.
    pub fn new(timeout: Option<Duration>) -> Self {
        Self {
            timeout,
            runtime: Handle::current(),
            silence: Silence::default(),
        }
    }

    /// Returns when a query was last dropped at the time limit.
    pub fn silence(&self) -> &Silence {
        &self.silence
    }

    /// Awaits `query`, and drops it at the time limit.
    ///
    /// # Errors
    /// As `query`, and [`DbErr::Conn`] at the time limit.
    pub async fn with_timeout<T>(&self, query: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let outcome = self.limited(query).await;
        outcome.unwrap_or_else(|elapsed| Err(self.silent(elapsed)))
    }

    /// Awaits `commit`, and drops it at the time limit, which is no silence: it may wait for a standby.
    ///
    /// # Errors
    /// As `commit`, and [`DbErr::Conn`] at the time limit.
    pub async fn commit_with_timeout(&self, commit: impl Future<Output = Result<(), DbErr>>) -> Result<(), DbErr> {
        let outcome = self.limited(commit).await;
        outcome.unwrap_or_else(|elapsed| Err(lost(elapsed)))
    }

    async fn limited<T>(&self, query: impl Future<Output = T>) -> Result<T, Elapsed> {
        let Some(timeout) = self.timeout else {
            return Ok(query.await);
        };
        tokio::time::timeout(timeout, TokioContext::new(query, self.runtime.clone())).await
    }

    /// Awaits `query`, which runs on when the caller no longer waits for it, and drops it at the time limit.
    ///
    /// The beginning of a transaction must not stop halfway: its connection would carry it back into the pool. At the
    /// time limit the server has been silent for so long that the pool will most likely close the connection.
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
            Ok(Err(elapsed)) => Err(self.silent(elapsed)),
            Err(cancelled) => Err(lost(cancelled)),
        }
    }

    fn silent(&self, elapsed: Elapsed) -> DbErr {
        self.silence.record();
        lost(elapsed)
    }
}

fn lost(reason: impl Into<io::Error>) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::Io(reason.into()).into()))
}
