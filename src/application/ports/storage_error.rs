use std::error::Error as StdError;

use thiserror::Error;

/// Why storage failed. Uncommitted changes are lost.
///
/// Clients may see the message of [`Unavailable`](Self::Unavailable). That of [`Failed`](Self::Failed) is for the log.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Storage did not answer in time. A retry may succeed.
    #[error("The database is out of reach. Try again later.")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Storage rejected the request or is broken. A retry will fail, too.
    #[error("the database failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}
