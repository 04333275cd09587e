use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto, errors::Error};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// A key that verifies the signatures of JSON Web Tokens, with its public id.
pub(super) struct JwtVerifyingKey {
    id: String,
    kind: Kind,
}

enum Kind {
    /// Prepared once. `jsonwebtoken` would derive it from the secret for each token.
    Hmac(Box<hmac::Key>),
    Rsa(Algorithm, DecodingKey),
}

impl JwtVerifyingKey {
    /// Makes the key of an HMAC algorithm.
    pub fn hmac(algorithm: Algorithm, secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        let hash = match algorithm {
            Algorithm::HS512 => hmac::HMAC_SHA512,
            Algorithm::HS384 => hmac::HMAC_SHA384,
            _ => hmac::HMAC_SHA256,
        };
        Self {
            id: key_id(secret),
            kind: Kind::Hmac(Box::new(hmac::Key::new(hash, secret))),
        }
    }

    /// Makes the key of an RSA algorithm.
    ///
    /// # Errors
    /// If `pem` is not a public key.
    pub fn rsa(algorithm: Algorithm, pem: &str) -> Result<Self, Error> {
        let pem = pem.as_bytes();
        Ok(Self {
            id: key_id(pem),
            kind: Kind::Rsa(algorithm, DecodingKey::from_rsa_pem(pem)?),
        })
    }

    /// Returns the public id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether `signature`, in URL-safe base64, is one of `message` by this key.
    pub fn has_signed(&self, message: &[u8], signature: &str) -> bool {
        match &self.kind {
            Kind::Hmac(key) => {
                let signature = URL_SAFE_NO_PAD.decode(signature);
                signature.is_ok_and(|signature| hmac::verify(key, message, &signature).is_ok())
            }
            Kind::Rsa(algorithm, key) => crypto::verify(signature, message, key, *algorithm).unwrap_or(false),
        }
    }
}

/// Returns the public id of a key: the first eight bytes of its SHA-256, in URL-safe base64.
pub(super) fn key_id(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(key)[..8])
}
