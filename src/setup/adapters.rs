//! The first half of the composition root: the adapter behind each port.

use std::{
    fs,
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use anyhow::Context;
use chrono::TimeDelta;
use secrecy::SecretString;

use super::configuration::{self, AuthConfig, Configuration, PasswordConfig};
use crate::{
    application::{
        ports::{
            AccessTokens, AuditEventReader, BreachedPasswords, Clock, DeviceTokens, ErasedUsernameKeys, IdentityReader,
            OneTimeLinkReader, PassTokens, Random, ReadinessProbe, SessionReader, SessionToucher, ThrottleKeys,
            UnitOfWork, UserReader,
        },
        throttle::ThrottlePolicy,
    },
    domain::{link::LinkLifetimes, session::SessionLifetime, user::PasswordPolicy},
    infrastructure::{
        SystemClock, SystemRandom,
        persistence::{Database, DatabaseReadinessProbe, SeaOrmIdentityReader, SeaOrmSessionToucher},
        security::{
            BcryptOptions, BcryptPasswordHasher, BreachedHashesFile, HmacErasedUsernameKeys, HmacSecrets,
            HmacThrottleKeys, JwtAccessTokens, JwtAlgorithm, JwtDeviceTokens, JwtOptions, JwtPassTokens, JwtSigner,
            RsaKeys,
        },
    },
};

/// The adapters behind the ports, and the policies of the use cases.
#[derive(Clone)]
pub struct Adapters {
    pub unit_of_work: Arc<dyn UnitOfWork>,
    pub users: Arc<dyn UserReader>,
    pub identities: Arc<dyn IdentityReader>,
    pub sessions: Arc<dyn SessionReader>,
    pub session_toucher: Arc<dyn SessionToucher>,
    pub links: Arc<dyn OneTimeLinkReader>,
    pub audit_events: Arc<dyn AuditEventReader>,
    pub password_hasher: Arc<BcryptPasswordHasher>,
    pub breached_passwords: Option<Arc<dyn BreachedPasswords>>,
    pub access_tokens: Arc<dyn AccessTokens>,
    pub device_tokens: Arc<dyn DeviceTokens>,
    pub pass_tokens: Arc<dyn PassTokens>,
    pub throttle_keys: Arc<dyn ThrottleKeys>,
    pub erased_username_keys: Arc<dyn ErasedUsernameKeys>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub readiness_probe: Arc<dyn ReadinessProbe>,
    pub password_policy: PasswordPolicy,
    pub admins_set_passwords: bool,
    pub session_lifetime: SessionLifetime,
    pub max_sessions: NonZero<u64>,
    pub link_lifetimes: LinkLifetimes,
    pub throttle_policy: Option<ThrottlePolicy>,
    pub audit_retention: TimeDelta,
}

impl Adapters {
    /// Builds every adapter on `database`.
    ///
    /// # Errors
    /// If the keys of the tokens cannot be used.
    pub fn new(configuration: &Configuration, database: &Database) -> anyhow::Result<Self> {
        let config = &configuration.security;
        let signer = Arc::new(jwt_signer(&config.auth)?);
        let pepper = &config.password.pepper;
        Ok(Self {
            unit_of_work: Arc::new(database.clone()),
            users: Arc::new(database.clone()),
            identities: Arc::new(SeaOrmIdentityReader::new(database)),
            sessions: Arc::new(database.clone()),
            session_toucher: Arc::new(SeaOrmSessionToucher::new(database)),
            links: Arc::new(database.clone()),
            audit_events: Arc::new(database.clone()),
            password_hasher: Arc::new(password_hasher(&config.password)),
            breached_passwords: breached_passwords(&config.password),
            access_tokens: Arc::new(JwtAccessTokens::new(signer.clone())),
            device_tokens: Arc::new(JwtDeviceTokens::new(signer.clone())),
            pass_tokens: Arc::new(JwtPassTokens::new(signer)),
            throttle_keys: Arc::new(HmacThrottleKeys::new(&pepper.current)),
            erased_username_keys: Arc::new(HmacErasedUsernameKeys::new(&pepper.current, &pepper.former)),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            readiness_probe: Arc::new(DatabaseReadinessProbe::new(database)),
            password_policy: configuration.password_policy(),
            admins_set_passwords: config.password.admins_set_passwords,
            session_lifetime: SessionLifetime::new(
                config.auth.session_ttl,
                config.auth.session_absolute_ttl,
                config.auth.refresh_threshold,
            )?,
            max_sessions: config.auth.max_sessions,
            link_lifetimes: config.links.lifetimes(),
            throttle_policy: config.throttle.policy()?,
            audit_retention: configuration.audit.retention,
        })
    }
}

/// Returns the number of threads that the machine runs at once; 1 if it is unknown.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn password_hasher(config: &PasswordConfig) -> BcryptPasswordHasher {
    BcryptPasswordHasher::new(BcryptOptions {
        pepper: config.pepper.current.clone(),
        former_peppers: config.pepper.former.clone(),
        cost: config.bcrypt_cost,
        max_concurrent: match config.max_concurrent_hashes {
            0 => cores().try_into().unwrap_or(u32::MAX),
            number => number,
        },
        max_wait: config.max_hash_wait,
    })
}

fn breached_passwords(config: &PasswordConfig) -> Option<Arc<dyn BreachedPasswords>> {
    let path = config.breached_hashes_file()?;
    Some(Arc::new(BreachedHashesFile::new(path.to_owned())))
}

/// Builds the signer of the tokens.
///
/// # Errors
/// If its keys cannot be used.
pub fn jwt_signer(config: &AuthConfig) -> anyhow::Result<JwtSigner> {
    let secrets = || HmacSecrets {
        current: config.jwt_secret.current.clone(),
        former: config.jwt_secret.former.clone(),
    };
    let algorithm = match config.jwt_algorithm {
        configuration::JwtAlgorithm::HS256 => JwtAlgorithm::HS256(secrets()),
        configuration::JwtAlgorithm::HS384 => JwtAlgorithm::HS384(secrets()),
        configuration::JwtAlgorithm::HS512 => JwtAlgorithm::HS512(secrets()),
        configuration::JwtAlgorithm::RS256 => JwtAlgorithm::RS256(rsa_keys(config)?),
        configuration::JwtAlgorithm::RS384 => JwtAlgorithm::RS384(rsa_keys(config)?),
        configuration::JwtAlgorithm::RS512 => JwtAlgorithm::RS512(rsa_keys(config)?),
    };
    JwtSigner::new(JwtOptions {
        algorithm,
        issuer: config.jwt_issuer.clone(),
        audience: config.jwt_audience.clone(),
    })
    .context("security.auth.jwt_private_key_file and jwt_public_key_file")
}

fn rsa_keys(config: &AuthConfig) -> anyhow::Result<RsaKeys> {
    let read = |key: &str, path: &Path| {
        fs::read_to_string(path).with_context(|| format!("security.auth.{key}: cannot read {}", path.display()))
    };
    let read_public = |path: &PathBuf| read("jwt_public_key_file", path);
    Ok(RsaKeys {
        private_key: SecretString::from(read("jwt_private_key_file", &config.jwt_private_key_file)?),
        public_key: read_public(&config.jwt_public_key_file.current)?,
        former_public_keys: config
            .jwt_public_key_file
            .former
            .iter()
            .map(read_public)
            .collect::<anyhow::Result<_>>()?,
    })
}
