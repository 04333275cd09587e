use std::error::Error as StdError;

use async_trait::async_trait;
use thiserror::Error;

use crate::domain::{
    audit::Provenance,
    throttle::ClientNetwork,
    user::{PasswordHash, RawPassword, UserId},
};

/// Hashes passwords, slowly on purpose, without stalling anything else.
///
/// Only a few passwords are hashed at a time; other requests wait. An implementation shares the turns fairly among
/// [clients](HashClient), so that a client that sends many passwords delays its own requests and hardly those of others.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Returns the hash under which a new password is stored. Waits for a turn of `client`.
    ///
    /// # Errors
    /// [`HashingError`] if it could not be made.
    async fn hash(&self, client: HashClient, password: RawPassword) -> Result<PasswordHash, HashingError>;

    /// Returns whether `hash` was made of `password`. Waits for a turn of `client`.
    ///
    /// Without a hash it returns `false` after the same time, so that response times do not tell a wrong password from an
    /// unknown user. Every verification takes as long as one of the most expensive stored hash.
    ///
    /// # Errors
    /// [`HashingError`] if it could not be told.
    async fn verify(
        &self,
        client: HashClient,
        password: RawPassword,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError>;

    /// Checks whether a password that `client` sent now would get its turn in time.
    ///
    /// The check is cheap, so use cases make it before anything that is not. It reserves nothing: the answer may be
    /// different when the password is hashed.
    ///
    /// # Errors
    /// [`HashingError::Saturated`] if it would not.
    fn check_capacity(&self, client: HashClient) -> Result<(), HashingError>;

    /// Whether `hash` was made in another way than a new one would be: with another key or at another cost.
    fn is_outdated(&self, hash: &PasswordHash) -> bool;
}

/// The client on whose behalf a password is hashed. Clients take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashClient {
    /// An authenticated user, from any address.
    User(UserId),
    /// Unauthenticated callers in one network. Callers whose address is unknown count as one network.
    Network(Option<ClientNetwork>),
    /// The operator, on the command line.
    Operator,
}

impl HashClient {
    /// Returns the client that an unauthenticated request belongs to.
    pub fn anonymous(provenance: &Provenance) -> Self {
        Self::Network(provenance.address.map(ClientNetwork::widest_of))
    }
}

/// Why a password was neither hashed nor verified.
#[derive(Debug, Error)]
pub enum HashingError {
    /// The client's turn would not come in time: the same request may succeed later.
    #[error("Too many passwords are being hashed at the moment. Try again later.")]
    Saturated,
    /// The hasher broke, or cannot read the hash.
    #[error("the password hasher failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}
