use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{JwtSigner, jwt_type::JwtType};
use crate::{
    application::ports::{AccessToken, AccessTokens, IssueError, VerifiedToken},
    domain::secret::Secret,
};

/// Access tokens as JSON Web Tokens.
#[derive(Debug)]
pub struct JwtAccessTokens {
    tokens: JwtType,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// The session's secret, in URL-safe base64.
    sid: Zeroizing<String>,
    iat: i64,
    exp: i64,
}

impl JwtAccessTokens {
    /// The type of the tokens.
    const TYPE: &str = "JWT";

    /// Signs the tokens by `signer`.
    pub fn new(signer: Arc<JwtSigner>) -> Self {
        Self {
            tokens: JwtType::new(signer, Self::TYPE),
        }
    }
}

impl AccessTokens for JwtAccessTokens {
    fn issue(
        &self,
        secret: &Secret,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<AccessToken, IssueError> {
        let claims = Claims {
            sid: Zeroizing::new(URL_SAFE_NO_PAD.encode(secret.expose())),
            iat: issued_at.timestamp(),
            exp: expires_at.timestamp(),
        };
        self.tokens.sign(claims).map(AccessToken::new)
    }

    fn verify(&self, token: &AccessToken) -> Option<VerifiedToken> {
        let claims: Claims = self.tokens.verify(token.expose())?;
        let expires_at = DateTime::from_timestamp(claims.exp, 0)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.sid.as_bytes()).ok()?);
        let secret = Secret::new(bytes.as_slice().try_into().ok()?);
        Some(VerifiedToken { secret, expires_at })
    }
}

#[cfg(test)]
mod tests;
