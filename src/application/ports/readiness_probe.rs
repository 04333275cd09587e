use async_trait::async_trait;
use thiserror::Error;

/// Tells whether this node can serve requests.
#[async_trait]
pub trait ReadinessProbe: Send + Sync {
    /// Looks whether storage answers and has the schema that this program needs.
    ///
    /// # Errors
    /// What is missing.
    async fn check(&self) -> Result<(), NotReady>;
}

/// Why this node cannot serve requests. Names the part and nothing of its inside.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotReady {
    /// The database does not answer.
    #[error("Not ready: the database does not answer.")]
    Database,
    /// The schema is not yet the one that this program needs.
    #[error("Not ready: migrations are pending.")]
    Migrations,
}
