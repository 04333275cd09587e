use std::{collections::HashMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::application::ports::IssueError;

/// Signs and verifies JSON Web Tokens (RFC 7519), with one algorithm only (RFC 8725, 3.1).
///
/// Each token names its key (`kid`), and is verified with that key alone, so that a key can be replaced while tokens of
/// the former one are in use. Each also names its type (`typ`), so that none passes for one of another (RFC 8725,
/// 3.11).
pub struct JwtSigner {
    header: Header,
    encoding_key: EncodingKey,
    /// Verifies tokens of the current key.
    decoding_key: DecodingKey,
    /// Verify tokens of former keys, by their ids.
    former_keys: HashMap<String, DecodingKey>,
    validation: Validation,
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
    iss: &'a str,
    aud: &'a str,
    #[serde(flatten)]
    of_kind: C,
}

impl JwtSigner {
    /// Makes a signer, and tests its keys.
    pub fn new(options: JwtOptions) -> Result<Self, JwtKeyError> {
        let (header, encoding_key, decoding_key, former_keys) = match &options.algorithm {
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
        // Callers check the expiry, by the clock port and without leeway.
        validation.validate_exp = false;

        let signer = Self {
            header,
            encoding_key,
            decoding_key,
            former_keys,
            validation,
            issuer: options.issuer,
            audience: options.audience,
        };
        signer.prove_keys()?;
        Ok(signer)
    }

    /// Returns a token of this type with `claims`, which include `exp`.
    pub(super) fn sign(&self, kind: &str, claims: impl Serialize) -> Result<String, IssueError> {
        self.encode(kind, claims).map_err(|error| IssueError(error.into()))
    }

    /// Returns the claims of a token of this type that one of our keys has signed, expired or not.
    pub(super) fn verify<C: DeserializeOwned>(&self, kind: &str, token: &str) -> Option<C> {
        // Nearly all tokens are of the current key, so their headers are not read first.
        let TokenData { header, claims } = match decode::<C>(token, &self.decoding_key, &self.validation) {
            Ok(token) if token.header.kid == self.header.kid => token,
            _ => {
                let key = self.former_keys.get(&decode_header(token).ok()?.kid?)?;
                decode(token, key, &self.validation).ok()?
            }
        };
        (header.typ.as_deref() == Some(kind)).then_some(claims)
    }

    fn encode(&self, kind: &str, claims: impl Serialize) -> Result<String, jsonwebtoken::errors::Error> {
        let header = Header {
            typ: Some(kind.to_owned()),
            ..self.header.clone()
        };
        let claims = Claims {
            iss: &self.issuer,
            aud: &self.audience,
            of_kind: claims,
        };
        encode(&header, &claims, &self.encoding_key)
    }

    /// Signs and verifies a token, so that unusable keys are rejected at the start and not at the first log-in.
    fn prove_keys(&self) -> Result<(), JwtKeyError> {
        #[derive(Serialize, Deserialize)]
        struct Proof {
            exp: i64,
        }
        let token = self.encode("proof", Proof { exp: 0 })?;
        match self.verify::<Proof>("proof", &token) {
            Some(_) => Ok(()),
            None => Err(JwtKeyError::Mismatch),
        }
    }
}

impl fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSigner")
            .field("algorithm", &self.header.alg)
            .field("kid", &self.header.kid)
            .finish_non_exhaustive()
    }
}

/// The header that names the signing key, that key, its verifying key, and former verifying keys by their ids.
type Keys = (Header, EncodingKey, DecodingKey, HashMap<String, DecodingKey>);

fn hmac_keys(algorithm: Algorithm, secrets: &HmacSecrets) -> Keys {
    let current = secrets.current.expose_secret().as_bytes();
    let former = secrets.former.iter().map(|secret| {
        let secret = secret.expose_secret().as_bytes();
        (key_id(secret), DecodingKey::from_secret(secret))
    });
    (
        header(algorithm, current),
        EncodingKey::from_secret(current),
        DecodingKey::from_secret(current),
        former.collect(),
    )
}

fn rsa_keys(algorithm: Algorithm, keys: &RsaKeys) -> Result<Keys, JwtKeyError> {
    let current = keys.public_key.as_bytes();
    let former = keys.former_public_keys.iter().map(|key| {
        let key = key.as_bytes();
        Ok((key_id(key), DecodingKey::from_rsa_pem(key)?))
    });
    Ok((
        header(algorithm, current),
        EncodingKey::from_rsa_pem(keys.private_key.expose_secret().as_bytes())?,
        DecodingKey::from_rsa_pem(current)?,
        former.collect::<Result<_, JwtKeyError>>()?,
    ))
}

pub(super) fn header(algorithm: Algorithm, key: &[u8]) -> Header {
    Header {
        kid: Some(key_id(key)),
        ..Header::new(algorithm)
    }
}

/// Returns the public id of a key: the first eight bytes of its SHA-256, in URL-safe base64.
fn key_id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(key)[..8])
}

#[cfg(test)]
pub(super) mod tests;
