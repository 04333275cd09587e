//! Cryptography: the hashing of passwords and the signing of tokens.

mod bcrypt_password_hasher;
mod jwt_access_tokens;

pub use bcrypt_password_hasher::{BcryptOptions, BcryptPasswordHasher, pepper_id};
pub use jwt_access_tokens::{HmacSecrets, JwtAccessTokens, JwtAlgorithm, JwtKeyError, JwtOptions, RsaKeys};
