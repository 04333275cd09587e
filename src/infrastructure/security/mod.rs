//! Cryptography: the hashing of passwords and of what must not be stored, and the signing of tokens.
//!
//! What a session's secret is, and that only its digest is stored, is of the [domain](crate::domain::session); the
//! encryption of the session cookie is of [HTTP](crate::presentation::http::CookieSettings). The keys come from
//! `setup`.

mod bcrypt_password_hasher;
mod hmac_throttle_keys;
mod jwt_access_tokens;
mod jwt_device_tokens;
mod jwt_signer;

pub use bcrypt_password_hasher::{BcryptOptions, BcryptPasswordHasher, pepper_id};
pub use hmac_throttle_keys::HmacThrottleKeys;
pub use jwt_access_tokens::JwtAccessTokens;
pub use jwt_device_tokens::JwtDeviceTokens;
pub use jwt_signer::{HmacSecrets, JwtAlgorithm, JwtKeyError, JwtOptions, JwtSigner, RsaKeys};
