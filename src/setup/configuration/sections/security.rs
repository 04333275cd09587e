//! Passwords, access tokens, one-time links and cookies: the keys under `security`.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    time::Duration,
};

use actix_web::cookie::SameSite;
use chrono::TimeDelta;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::{
    Rotating, ThrottleConfig,
    values::{
        context_words, cookie_domain, cookie_name, filled, fraction, hours, milliseconds, minutes, named, one_of,
        pepper_ids, whole,
    },
};
use crate::domain::{link::LinkLifetimes, user::ContextWord};

/// Passwords, access tokens, one-time links and cookies.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityConfig {
    /// How passwords are hashed, and which are accepted.
    pub password: PasswordConfig,
    /// Access tokens and the sessions behind them.
    pub auth: AuthConfig,
    /// One-time links, by which users set a password.
    pub links: LinksConfig,
    /// The cookie that carries the access token.
    pub cookies: CookiesConfig,
    /// How failed attempts are throttled.
    pub throttle: ThrottleConfig,
}

/// How passwords are hashed, and which are accepted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordConfig {
    /// Mixed into every password before it is hashed; at least 32 bytes.
    #[serde(default)]
    pub pepper: Rotating<SecretString>,
    /// Ids of lost peppers, without which the program starts nevertheless.
    #[serde(deserialize_with = "pepper_ids")]
    pub lost_peppers: Vec<String>,
    /// Work factor of bcrypt, 4 to 31; under 10 only in the environment `local`.
    #[serde(deserialize_with = "whole::<_, _, 4, 31>")]
    pub bcrypt_cost: u32,
    /// Shortest new password, in characters.
    #[serde(deserialize_with = "whole::<_, _, 8, 64>")]
    pub min_length: usize,
    /// Words that no new password may contain, besides those of the configuration itself.
    #[serde(deserialize_with = "context_words")]
    pub context_words: Vec<ContextWord>,
    /// File of SHA-1 hashes of breached passwords; empty for none.
    pub breached_hashes_file: PathBuf,
    /// Whether admins may set the passwords of others.
    pub admins_set_passwords: bool,
    /// Passwords hashed at the same time; 0 is one per core.
    #[serde(deserialize_with = "whole::<_, _, 0, 1024>")]
    pub max_concurrent_hashes: u32,
    /// Time that a request may wait for its turn to hash before it is rejected.
    #[serde(
        rename = "max_hash_wait_milliseconds",
        deserialize_with = "milliseconds::<_, 0, 60_000>"
    )]
    pub max_hash_wait: Duration,
}

/// Access tokens and the sessions behind them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// Signature algorithm of access tokens.
    #[serde(deserialize_with = "named")]
    pub jwt_algorithm: JwtAlgorithm,
    /// Signs and verifies tokens if the algorithm is an HMAC; then at least as long as the hash.
    #[serde(default)]
    pub jwt_secret: Rotating<SecretString>,
    /// PEM file with the RSA key that signs; can be opened if the algorithm is RSA.
    pub jwt_private_key_file: PathBuf,
    /// PEM files with the RSA keys that verify; can be opened if the algorithm is RSA.
    ///
    /// The first belongs to the private key.
    pub jwt_public_key_file: Rotating<PathBuf>,
    /// `iss` of access tokens.
    #[serde(deserialize_with = "filled")]
    pub jwt_issuer: String,
    /// `aud` of access tokens.
    #[serde(deserialize_with = "filled")]
    pub jwt_audience: String,
    /// Lifetime of a session, counted from its last renewal.
    #[serde(rename = "session_ttl_minutes", deserialize_with = "minutes::<_, 1, 525_600>")]
    pub session_ttl: TimeDelta,
    /// Lifetime of a session, counted from its log-in; not shorter than `session_ttl`.
    #[serde(
        rename = "session_absolute_ttl_minutes",
        deserialize_with = "minutes::<_, 1, 525_600>"
    )]
    pub session_absolute_ttl: TimeDelta,
    /// Sessions of a user at the same time; another one ends the oldest.
    #[serde(rename = "max_sessions_per_user", deserialize_with = "whole::<_, _, 1, 1000>")]
    pub max_sessions: NonZero<u64>,
    /// Remaining part of the lifetime below which a session is renewed, 0.0 to 1.0.
    #[serde(deserialize_with = "fraction")]
    pub refresh_threshold: f64,
}

/// Signature algorithm of access tokens, by its name in RFC 7518.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the RFC describes them")]
pub enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
}

impl PasswordConfig {
    /// Returns the file of breached passwords, if there is one.
    pub fn breached_hashes_file(&self) -> Option<&Path> {
        Some(self.breached_hashes_file.as_path()).filter(|path| !path.as_os_str().is_empty())
    }
}

impl JwtAlgorithm {
    /// Returns the shortest secret that RFC 7518 (section 3.2) allows, or `None` if the algorithm uses a pair of keys.
    pub fn least_secret_bytes(self) -> Option<usize> {
        match self {
            Self::HS256 => Some(32),
            Self::HS384 => Some(48),
            Self::HS512 => Some(64),
            Self::RS256 | Self::RS384 | Self::RS512 => None,
        }
    }
}

/// One-time links, by which users set a password.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinksConfig {
    /// Lifetime of an invitation.
    #[serde(rename = "invitation_ttl_hours", deserialize_with = "hours::<_, 1, 8_760>")]
    pub invitation_ttl: TimeDelta,
    /// Lifetime of a recovery link.
    #[serde(rename = "recovery_ttl_hours", deserialize_with = "hours::<_, 1, 8_760>")]
    pub recovery_ttl: TimeDelta,
}

impl LinksConfig {
    /// Returns the lifetimes of links.
    pub fn lifetimes(&self) -> LinkLifetimes {
        LinkLifetimes {
            invitation: self.invitation_ttl,
            recovery: self.recovery_ttl,
        }
    }
}

/// The cookie that carries the access token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookiesConfig {
    /// Name of the cookie, without the prefix that [`sent_name`](Self::sent_name) adds.
    #[serde(deserialize_with = "cookie_name")]
    pub name: String,
    /// Domain with whose hosts browsers share it, if not with the host alone that sets it.
    #[serde(deserialize_with = "cookie_domain")]
    pub domain: Option<String>,
    /// Whether browsers send it over HTTPS only.
    pub secure: bool,
    /// Whether browsers send it along from other sites.
    #[serde(deserialize_with = "same_site")]
    pub same_site: SameSite,
    /// Encrypts the cookie; at least 32 bytes.
    #[serde(default)]
    pub key: Rotating<SecretString>,
}

impl CookiesConfig {
    /// Returns the name that browsers see.
    ///
    /// A prefix restricts who can set the cookie (RFC 6265bis, section 4.1.3), always over HTTPS only: with `__Host-`
    /// this host alone, with `__Secure-` any host of the domain.
    pub fn sent_name(&self) -> String {
        let prefix = match (self.secure, &self.domain) {
            (true, None) => "__Host-",
            (true, Some(_)) => "__Secure-",
            (false, _) => "",
        };
        format!("{prefix}{}", self.name)
    }

    /// Returns the name, likewise, of the cookie that identifies a device.
    pub fn sent_device_name(&self) -> String {
        format!("{}_device", self.sent_name())
    }

    /// Returns the name, likewise, of the cookie by which a page tells the next one what to say.
    pub fn sent_notice_name(&self) -> String {
        format!("{}_notice", self.sent_name())
    }

    /// Returns the name that browsers see of the pass, which hosts of a domain share.
    pub fn sent_pass_name(&self) -> String {
        let prefix = if self.secure { "__Secure-" } else { "" };
        format!("{prefix}{}_pass", self.name)
    }
}

fn same_site<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SameSite, D::Error> {
    one_of(deserializer, [SameSite::Strict, SameSite::Lax, SameSite::None])
}
