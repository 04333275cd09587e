use std::{collections::HashMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation, decode, decode_header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::application::ports::IssueError;

/// Signs JSON Web Tokens (RFC 7519) with one algorithm, and accepts them in no other (RFC 8725, 3.1).
///
/// Each names its key (`kid`), and is verified with that key alone, if it is one of ours. So the key can be replaced while
/// tokens of its predecessor are about. And each names its kind (`typ`), so that none passes for one of another (RFC 8725,
/// 3.11).
pub struct JwtSigner {
    header: Header,
    encoding_key: EncodingKey,
    /// Of the key that signs.
    decoding_key: DecodingKey,
    /// Of its predecessors, by their ids.
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

/// What every token says, besides the claims of its kind.
#[derive(Serialize)]
struct Claims<'a, C> {
    iss: &'a str,
    aud: &'a str,
    #[serde(flatten)]
    of_kind: C,
}

impl JwtSigner {
    /// Signs and verifies tokens as `options` say.
    ///
    /// # Errors
    /// [`JwtKeyError`] if the keys cannot be used or do not belong together.
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
        // The expiry is for others to judge, by their own clock and without leeway.
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

    /// The token of this kind that carries `claims`, among them `exp`.
    ///
    /// # Errors
    /// [`IssueError`] if it could not be signed.
    pub(super) fn sign(&self, kind: &str, claims: impl Serialize) -> Result<String, IssueError> {
        self.encode(kind, claims).map_err(|error| IssueError(error.into()))
    }

    /// The claims of a token of this kind that one of our keys has signed, expired or not.
    pub(super) fn verify<C: DeserializeOwned>(&self, kind: &str, token: &str) -> Option<C> {
        // Nearly all are of the key in use, so their headers need not be read beforehand.
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

    /// Signs and verifies a token, so that keys which cannot are refused at the start and not at the first log-in.
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

/// What names the key that signs, that key, what verifies it, and what verifies its predecessors by their ids.
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

/// Names a key without giving it away: the first eight bytes of its SHA-256, in URL-safe base64.
fn key_id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(key)[..8])
}

#[cfg(test)]
pub(super) mod tests;
