use std::error::Error as StdError;

use thiserror::Error;

/// Storage did not do what it was asked to. What was not committed did not happen. The words of
/// [`Unavailable`](Self::Unavailable) may go to clients, those of [`Failed`](Self::Failed) to the log only.
#[derive(Debug, Error)]
pub enum StorageError {
    /// It could not be reached, or not in time: the same request may succeed later.
    #[error("The database is out of reach. Try again later.")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// It refused or broke: trying again will not help.
    #[error("the database failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}
