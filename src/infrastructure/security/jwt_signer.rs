use std::{borrow::Cow, fmt, iter};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use super::jwt_verifying_key::JwtVerifyingKey;
use crate::application::ports::IssueError;

/// Signs and verifies JSON Web Tokens (RFC 7519), with one algorithm only (RFC 8725, 3.1).
///
/// Each token names its key (`kid`), and is verified with that key alone, so that a key can be replaced while tokens of
/// the former one are in use. It knows nothing of the types of tokens (`typ`).
pub struct JwtSigner {
    algorithm: Algorithm,
    encoding_key: EncodingKey,
    /// The first one verifies tokens of the encoding key, the others those of former keys.
    verifying_keys: Vec<JwtVerifyingKey>,
    issuer: String,
    audience: String,
}

/// How tokens are signed.
#[derive(Debug)]
pub struct JwtOptions {
    /// The algorithm with its keys.
    pub algorithm: JwtAlgorithm,
    /// The issuer of the tokens, in the claim `iss`.
    pub issuer: String,
    /// The audience of the tokens, in the claim `aud`.
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
    /// Signs and verifies tokens.
    pub current: SecretString,
    /// Verify older tokens.
    pub former: Vec<SecretString>,
}

/// RSA keys of at least 2048 bits, in PEM.
#[derive(Debug)]
pub struct RsaKeys {
    /// Signs tokens.
    pub private_key: SecretString,
    /// Verifies tokens of the private key.
    pub public_key: String,
    /// Verify older tokens.
    pub former_public_keys: Vec<String>,
}

/// Why keys cannot sign and verify tokens.
#[derive(Debug, Error)]
pub enum JwtKeyError {
    /// A key is unreadable or too short.
    #[error("the JWT keys cannot be used: they must be RSA keys of at least 2048 bits, in PEM")]
    Unusable(#[from] jsonwebtoken::errors::Error),
    /// The public key does not verify tokens of the private key.
    #[error(
        "the JWT keys do not belong together: the public key, of several the first, must be that of the private key"
    )]
    Mismatch,
}

/// The claims of every token, and those of its type.
#[derive(Serialize)]
struct Claims<'a, C> {
    #[serde(flatten)]
    common: CommonClaims<'a>,
    #[serde(flatten)]
    of_type: C,
}

/// The claims of every token.
#[derive(Serialize, Deserialize)]
struct CommonClaims<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    #[serde(borrow)]
    aud: Cow<'a, str>,
}

impl JwtSigner {
    /// Makes a signer, and tests its keys.
    pub fn new(options: JwtOptions) -> Result<Self, JwtKeyError> {
        let (algorithm, encoding_key, verifying_keys) = match &options.algorithm {
            JwtAlgorithm::HS256(secrets) => hmac_keys(Algorithm::HS256, secrets),
            JwtAlgorithm::HS384(secrets) => hmac_keys(Algorithm::HS384, secrets),
            JwtAlgorithm::HS512(secrets) => hmac_keys(Algorithm::HS512, secrets),
            JwtAlgorithm::RS256(keys) => rsa_keys(Algorithm::RS256, keys)?,
            JwtAlgorithm::RS384(keys) => rsa_keys(Algorithm::RS384, keys)?,
            JwtAlgorithm::RS512(keys) => rsa_keys(Algorithm::RS512, keys)?,
        };
        let signer = Self {
            algorithm,
            encoding_key,
            verifying_keys,
            issuer: options.issuer,
            audience: options.audience,
        };
        signer.prove_keys()?;
        Ok(signer)
    }

    /// Returns the headers of tokens of this type, one for each key in its order. New tokens have the first one.
    pub(super) fn headers(&self, typ: &str) -> impl Iterator<Item = Header> {
        self.verifying_keys.iter().map(move |key| Header {
            typ: Some(typ.to_owned()),
            kid: Some(key.id().to_owned()),
            ..Header::new(self.algorithm)
        })
    }

    /// Returns a token with this header and `claims`, which include `exp`.
    pub(super) fn sign(&self, header: &Header, claims: impl Serialize) -> Result<String, IssueError> {
        let claims = Claims {
            common: CommonClaims {
                iss: Cow::Borrowed(&self.issuer),
                aud: Cow::Borrowed(&self.audience),
            },
            of_type: claims,
        };
        encode(header, &claims, &self.encoding_key).map_err(|error| IssueError(error.into()))
    }

    /// Returns the claims of `payload` if the key of this number has signed `message`, which includes the payload.
    ///
    /// The token may have expired: callers check that, by the clock port and without leeway.
    pub(super) fn verify<C: DeserializeOwned>(
        &self,
        key_number: usize,
        message: &str,
        payload: &str,
        signature: &str,
    ) -> Option<C> {
        let key = self.verifying_keys.get(key_number)?;
        if !key.has_signed(message.as_bytes(), signature) {
            return None;
        }
        let json = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let common: CommonClaims<'_> = serde_json::from_slice(&json).ok()?;
        let is_ours = common.iss == self.issuer && common.aud == self.audience;
        is_ours.then(|| serde_json::from_slice(&json).ok()).flatten()
    }

    /// Signs and verifies something, so that unusable keys are rejected at the start and not at the first log-in.
    fn prove_keys(&self) -> Result<(), JwtKeyError> {
        let message = b"proof";
        let signature = crypto::sign(message, &self.encoding_key, self.algorithm)?;
        match self.verifying_keys.first() {
            Some(key) if key.has_signed(message, &signature) => Ok(()),
            _ => Err(JwtKeyError::Mismatch),
        }
    }
}

impl fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kid = self.verifying_keys.first().map(JwtVerifyingKey::id);
        f.debug_struct("JwtSigner")
            .field("algorithm", &self.algorithm)
            .field("kid", &kid)
            .finish_non_exhaustive()
    }
}

/// The algorithm, the key that signs by it, and those that verify.
type Keys = (Algorithm, EncodingKey, Vec<JwtVerifyingKey>);

fn hmac_keys(algorithm: Algorithm, secrets: &HmacSecrets) -> Keys {
    let HmacSecrets { current, former } = secrets;
    let verifying_keys = iter::once(current).chain(former);
    (
        algorithm,
        EncodingKey::from_secret(current.expose_secret().as_bytes()),
        verifying_keys
            .map(|secret| JwtVerifyingKey::hmac(algorithm, secret))
            .collect(),
    )
}

fn rsa_keys(algorithm: Algorithm, keys: &RsaKeys) -> Result<Keys, JwtKeyError> {
    let verifying_keys = iter::once(&keys.public_key).chain(&keys.former_public_keys);
    Ok((
        algorithm,
        EncodingKey::from_rsa_pem(keys.private_key.expose_secret().as_bytes())?,
        verifying_keys
            .map(|pem| JwtVerifyingKey::rsa(algorithm, pem))
            .collect::<Result<_, _>>()?,
    ))
}

#[cfg(test)]
pub(super) mod tests;
