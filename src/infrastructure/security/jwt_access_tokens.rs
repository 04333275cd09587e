use std::{collections::HashMap, fmt, iter};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    application::ports::{AccessToken, AccessTokens, IssueError, VerifiedToken},
    domain::session::SessionSecret,
};

/// Access tokens as JSON Web Tokens (RFC 7519), signed with one algorithm and accepted in no other (RFC 8725, 3.1).
///
/// Each names its key (`kid`), and is verified with that key alone, if it is one of ours. So the key can be replaced while
/// tokens of its predecessor are about.
pub struct JwtAccessTokens {
    header: Header,
    encoding_key: EncodingKey,
    /// By their ids.
    decoding_keys: HashMap<String, DecodingKey>,
    validation: Validation,
    issuer: String,
    audience: String,
}

/// How tokens are signed.
#[derive(Debug)]
pub struct JwtOptions {
    /// The algorithm with its keys.
    pub algorithm: JwtAlgorithm,
    /// Who issues the tokens: the claim `iss`.
    pub issuer: String,
    /// For whom they are: the claim `aud`.
    pub audience: String,
}

/// A signature algorithm (RFC 7518, 3.1) with its keys.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub enum JwtAlgorithm {
    HS256(HmacSecrets),
    HS384(HmacSecrets),
    HS512(HmacSecrets),
    RS256(RsaKeys),
    RS384(RsaKeys),
    RS512(RsaKeys),
}

/// Secrets of at least as many bytes as the hash has.
#[derive(Debug)]
pub struct HmacSecrets {
    /// Signs and verifies.
    pub current: SecretString,
    /// Verify.
    pub former: Vec<SecretString>,
}

/// RSA keys of at least 2048 bits, in PEM.
#[derive(Debug)]
pub struct RsaKeys {
    /// Signs.
    pub private_key: SecretString,
    /// Verifies what the private key has signed.
    pub public_key: String,
    /// Verify what others have signed.
    pub former_public_keys: Vec<String>,
}

/// The keys cannot sign tokens, or not verify what they signed.
#[derive(Debug, Error)]
pub enum JwtKeyError {
    /// A key is not readable as one, or is too short.
    #[error("the JWT keys cannot be used: they must be RSA keys of at least 2048 bits, in PEM")]
    Unusable(#[from] jsonwebtoken::errors::Error),
    /// What the private key signs the public key does not verify.
    #[error(
        "the JWT keys do not belong together: the public key, of several the first, must be that of the private key"
    )]
    Mismatch,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The session's secret, in URL-safe base64.
    sid: Zeroizing<String>,
    iat: i64,
    exp: i64,
}

impl JwtAccessTokens {
    /// Signs and verifies tokens as `options` say.
    ///
    /// # Errors
    /// [`JwtKeyError`] if the keys cannot be used or do not belong together.
    pub fn new(options: JwtOptions) -> Result<Self, JwtKeyError> {
        let (header, encoding_key, decoding_keys) = match &options.algorithm {
            JwtAlgorithm::HS256(secrets) => hmac_keys(Algorithm::HS256, secrets),
            JwtAlgorithm::HS384(secrets) => hmac_keys(Algorithm::HS384, secrets),
            JwtAlgorithm::HS512(secrets) => hmac_keys(Algorithm::HS512, secrets),
            JwtAlgorithm::RS256(keys) => rsa_keys(Algorithm::RS256, keys)?,
            JwtAlgorithm::RS384(keys) => rsa_keys(Algorithm::RS384, keys)?,
            JwtAlgorithm::RS512(keys) => rsa_keys(Algorithm::RS512, keys)?,
        };
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&options.issuer]);
        validation.set_audience(&[&options.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        // The expiry is for others to judge, by their own clock and without leeway.
        validation.validate_exp = false;

        let tokens = Self {
            header,
            encoding_key,
            decoding_keys,
            validation,
            issuer: options.issuer,
            audience: options.audience,
        };
        tokens.prove_keys()?;
        Ok(tokens)
    }

    /// Signs and verifies a token, so that keys which cannot are refused at the start and not at the first log-in.
    fn prove_keys(&self) -> Result<(), JwtKeyError> {
        let claims = self.claims(
            &SessionSecret::new([0; SessionSecret::LENGTH]),
            DateTime::UNIX_EPOCH,
            DateTime::UNIX_EPOCH,
        );
        let token = encode(&self.header, &claims, &self.encoding_key)?;
        match self.verified_claims(&token) {
            Some(_) => Ok(()),
            None => Err(JwtKeyError::Mismatch),
        }
    }

    /// The claims of a token that one of our keys has signed, expired or not.
    fn verified_claims(&self, token: &str) -> Option<Claims> {
        let key_id = decode_header(token).ok()?.kid?;
        let key = self.decoding_keys.get(&key_id)?;
        Some(decode(token, key, &self.validation).ok()?.claims)
    }

    fn claims(&self, secret: &SessionSecret, issued_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Claims {
        Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sid: Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.expose())),
            iat: issued_at.timestamp(),
            exp: expires_at.timestamp(),
        }
    }
}

impl AccessTokens for JwtAccessTokens {
    fn issue(
        &self,
        secret: &SessionSecret,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<AccessToken, IssueError> {
        let claims = self.claims(secret, issued_at, expires_at);
        encode(&self.header, &claims, &self.encoding_key)
            .map(AccessToken::new)
            .map_err(|error| IssueError(error.into()))
    }

    fn verify(&self, token: &AccessToken) -> Option<VerifiedToken> {
        let claims = self.verified_claims(token.expose())?;
        let expires_at = DateTime::from_timestamp(claims.exp, 0)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.sid.as_bytes()).ok()?);
        let secret = SessionSecret::new(bytes.as_slice().try_into().ok()?);
        Some(VerifiedToken { secret, expires_at })
    }
}

impl fmt::Debug for JwtAccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAccessTokens")
            .field("algorithm", &self.header.alg)
            .field("kid", &self.header.kid)
            .finish_non_exhaustive()
    }
}

/// What names the key that signs, that key, and those that verify by their ids.
type Keys = (Header, EncodingKey, HashMap<String, DecodingKey>);

fn hmac_keys(algorithm: Algorithm, secrets: &HmacSecrets) -> Keys {
    let current = secrets.current.expose_secret().as_bytes();
    let verifying = iter::once(&secrets.current).chain(&secrets.former).map(|secret| {
        let secret = secret.expose_secret().as_bytes();
        (key_id(secret), DecodingKey::from_secret(secret))
    });
    (
        header(algorithm, current),
        EncodingKey::from_secret(current),
        verifying.collect(),
    )
}

fn rsa_keys(algorithm: Algorithm, keys: &RsaKeys) -> Result<Keys, JwtKeyError> {
    let verifying = iter::once(&keys.public_key).chain(&keys.former_public_keys).map(|key| {
        let key = key.as_bytes();
        Ok((key_id(key), DecodingKey::from_rsa_pem(key)?))
    });
    Ok((
        header(algorithm, keys.public_key.as_bytes()),
        EncodingKey::from_rsa_pem(keys.private_key.expose_secret().as_bytes())?,
        verifying.collect::<Result<_, JwtKeyError>>()?,
    ))
}

fn header(algorithm: Algorithm, key: &[u8]) -> Header {
    Header {
        kid: Some(key_id(key)),
        ..Header::new(algorithm)
    }
}

/// Names a key without giving it away: the first eight bytes of its SHA-256, in URL-safe base64.
fn key_id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(key)[..8])
}

#[cfg(test)]
mod tests;
