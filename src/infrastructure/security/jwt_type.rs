use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Header;
use serde::{Serialize, de::DeserializeOwned};

use super::JwtSigner;
use crate::application::ports::IssueError;

/// Signs and verifies the tokens of one type (`typ`), so that none passes for one of another (RFC 8725, 3.11).
///
/// Accepts only the headers that it writes itself, byte for byte. So it reads nothing of a token before its signature
/// is verified, and a header can choose nothing but one of the keys.
#[derive(Debug)]
pub(super) struct JwtType {
    signer: Arc<JwtSigner>,
    /// The header of new tokens.
    header: Header,
    /// The headers of all keys as they are in tokens, by the numbers of their keys.
    encoded_headers: Vec<String>,
}

impl JwtType {
    /// Signs and verifies tokens of the type `typ` by `signer`.
    pub fn new(signer: Arc<JwtSigner>, typ: &str) -> Self {
        let headers = Vec::from_iter(signer.headers(typ));
        Self {
            header: headers.first().cloned().unwrap_or_default(),
            encoded_headers: headers.iter().map(encoded).collect(),
            signer,
        }
    }

    /// Returns a token with `claims`, which include `exp`.
    pub fn sign(&self, claims: impl Serialize) -> Result<String, IssueError> {
        self.signer.sign(&self.header, claims)
    }

    /// Returns the claims of a token of this type that one of our keys has signed, expired or not.
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Option<C> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let key_number = self.encoded_headers.iter().position(|ours| ours == header)?;
        self.signer.verify(key_number, message, payload, signature)
    }
}

fn encoded(header: &Header) -> String {
    // A header can always be serialized.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(header).unwrap_or_default())
}
