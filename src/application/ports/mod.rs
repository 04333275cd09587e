//! What the use cases need of the world, as traits that they own. Adapters in the
//! [`infrastructure`](crate::infrastructure) implement them, and the fakes of the tests do.
//!
//! Storage has two kinds. A *repository* loads and saves entities, and is lent by a [`Transaction`] only; a *reader*
//! fills [`views`](super::views), and takes no lock. The rest makes or tells something: tokens, hashes, keys, the time,
//! randomness.
//!
//! The comment of a method is its contract, from which alone an adapter can be written; of the storage, `contract` has
//! it as tests, which every implementation must pass. A port takes and returns types of the core: nothing of SQL, of
//! HTTP, or of a crate that does I/O. The types that only a port speaks of, such as [`AccessToken`], stand with it.

mod access_tokens;
mod audit_event_reader;
mod audit_event_repository;
mod auth_session_repository;
mod clock;
mod device_tokens;
mod identity_reader;
mod last_seen_recorder;
mod password_hasher;
mod random;
mod readiness_probe;
mod session_reader;
mod storage_error;
mod throttle_bucket_repository;
mod throttle_keys;
mod unit_of_work;
mod user_reader;
mod user_repository;

#[cfg(test)]
pub(crate) mod contract;

pub use access_tokens::{AccessToken, AccessTokens, IssueError, VerifiedToken};
pub use audit_event_reader::AuditEventReader;
pub use audit_event_repository::AuditEventRepository;
pub use auth_session_repository::AuthSessionRepository;
pub use clock::Clock;
pub use device_tokens::{DeviceToken, DeviceTokens, KnownDevice};
pub use identity_reader::{Credentials, Identity, IdentityReader};
pub use last_seen_recorder::LastSeenRecorder;
pub use password_hasher::{HashClient, HashingError, PasswordHasher};
pub use random::{Random, RandomExt};
pub use readiness_probe::{NotReady, ReadinessProbe};
pub use session_reader::SessionReader;
pub use storage_error::StorageError;
pub use throttle_bucket_repository::ThrottleBucketRepository;
pub use throttle_keys::ThrottleKeys;
pub use unit_of_work::{Transaction, UnitOfWork};
pub use user_reader::UserReader;
pub use user_repository::{InsertUserError, UserRepository};
