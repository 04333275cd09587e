//! What the use cases need from the outside world, as traits. The [`infrastructure`](crate::infrastructure) implements
//! them, and so do the fakes of the tests.
//!
//! Storage has two kinds of ports. A *repository* loads and saves entities, and is lent by a [`Transaction`]. A
//! *reader* returns [`views`](super::views), and takes no lock. Every method that returns a [`StorageError`] does so if
//! storage fails. `contract` tests every implementation of the storage ports.
//!
//! The comment of a method is its contract, sufficient to write an adapter. A port takes and returns types of the core,
//! and types of its own such as [`AccessToken`]: none of SQL, of HTTP, or of a crate that does I/O.

mod access_tokens;
mod audit_event_reader;
mod audit_event_repository;
mod auth_session_repository;
mod breached_passwords;
mod clock;
mod device_tokens;
mod erased_username_keys;
mod erased_username_repository;
mod identity_reader;
mod one_time_link_reader;
mod one_time_link_repository;
mod pass_tokens;
mod password_hasher;
mod random;
mod readiness_probe;
mod session_reader;
mod session_toucher;
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
pub use breached_passwords::{BreachCheckError, BreachedPasswords};
pub use clock::Clock;
pub use device_tokens::{DeviceToken, DeviceTokens, KnownDevice};
pub use erased_username_keys::ErasedUsernameKeys;
pub use erased_username_repository::ErasedUsernameRepository;
pub use identity_reader::{Credentials, Identity, IdentityReader};
pub use one_time_link_reader::OneTimeLinkReader;
pub use one_time_link_repository::OneTimeLinkRepository;
pub use pass_tokens::{PassToken, PassTokens};
pub use password_hasher::{HashClient, HashingError, PasswordHasher};
pub use random::{Random, RandomExt};
pub use readiness_probe::{NotReady, ReadinessProbe};
pub use session_reader::SessionReader;
pub use session_toucher::SessionToucher;
pub use storage_error::StorageError;
pub use throttle_bucket_repository::ThrottleBucketRepository;
pub use throttle_keys::ThrottleKeys;
pub use unit_of_work::{Expirable, Transaction, UnitOfWork};
pub use user_reader::UserReader;
pub use user_repository::{InsertUserError, UserRepository};
