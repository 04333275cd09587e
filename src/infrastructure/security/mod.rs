//! Cryptography: hashes of passwords, of breached passwords, of throttle keys and of erased usernames, and signed
//! tokens.
//!
//! The [secret](crate::domain::secret) of a session and its digest belong to the domain, and the encryption of the
//! session cookie to [HTTP](crate::presentation::http::CookieSettings). The keys come from `setup`.

mod bcrypt_password_hasher;
mod breached_hashes_file;
mod hmac_erased_username_keys;
mod hmac_throttle_keys;
mod jwt_access_tokens;
mod jwt_device_tokens;
mod jwt_pass_tokens;
mod jwt_signer;
mod jwt_type;
mod jwt_verifying_key;
mod keyed_hash;

pub use bcrypt_password_hasher::{BcryptOptions, BcryptPasswordHasher, pepper_id};
pub use breached_hashes_file::{BreachedHashesFile, SortedHashesError};
pub use hmac_erased_username_keys::HmacErasedUsernameKeys;
pub use hmac_throttle_keys::HmacThrottleKeys;
pub use jwt_access_tokens::JwtAccessTokens;
pub use jwt_device_tokens::JwtDeviceTokens;
pub use jwt_pass_tokens::JwtPassTokens;
pub use jwt_signer::{HmacSecrets, JwtAlgorithm, JwtKeyError, JwtOptions, JwtSigner, RsaKeys};
