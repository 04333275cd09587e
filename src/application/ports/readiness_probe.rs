use async_trait::async_trait;
use thiserror::Error;

/// Checks whether this node can serve requests.
#[async_trait]
pub trait ReadinessProbe: Send + Sync {
    /// Checks that storage answers and has the schema that this program needs.
    async fn check(&self) -> Result<(), NotReady>;
}

/// Why this node cannot serve requests, without internals.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotReady {
    /// The database does not answer.
    #[error("Not ready: the database does not answer.")]
    Database,
    /// Migrations are pending.
    #[error("Not ready: migrations are pending.")]
    Migrations,
}
