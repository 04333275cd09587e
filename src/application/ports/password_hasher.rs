use std::error::Error as StdError;

use async_trait::async_trait;
use thiserror::Error;

use crate::{
    application::audit_trail::Provenance,
    domain::{
        throttle::ClientNetwork,
        user::{PasswordHash, RawPassword, UserId},
    },
};

/// Hashes passwords, slowly on purpose, without stalling anything else.
///
/// Only a few passwords are hashed at a time. An implementation shares the turns fairly among [clients](HashClient), so
/// that a client that sends many passwords delays mainly its own requests.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Returns the hash of a new password. Waits for a turn of `client`.
    async fn hash(&self, client: HashClient, password: RawPassword) -> Result<PasswordHash, HashingError>;

    /// Returns whether `hash` was made of `password`. Waits for a turn of `client`.
    ///
    /// Without a hash it returns `false` after the same time, so that response times do not tell a wrong password from
    /// an unknown user. Every verification takes as long as one of the most expensive stored hash.
    async fn verify(
        &self,
        client: HashClient,
        password: RawPassword,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingError>;

    /// Fails with [`HashingError::Saturated`] if a password of `client` would not get its turn in time.
    ///
    /// The check is cheap, so use cases make it first. It reserves nothing: hashing may fail later.
    fn check_capacity(&self, client: HashClient) -> Result<(), HashingError>;

    /// Returns whether `hash` has another key or another cost than a new one would have.
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
    /// The client's turn would not come in time. A retry may succeed later.
    #[error("Too many passwords are being hashed at the moment. Try again later.")]
    Saturated,
    /// The hasher failed, or cannot read the hash.
    #[error("the password hasher failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}
