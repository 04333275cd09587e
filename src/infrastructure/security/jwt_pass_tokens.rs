use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{JwtSigner, jwt_type::JwtType};
use crate::{
    application::ports::{IssueError, PassToken, PassTokens},
    domain::secret::SecretDigest,
};

/// Passes as JSON Web Tokens, signed by the keys of the access tokens.
#[derive(Debug)]
pub struct JwtPassTokens {
    tokens: JwtType,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// The digest of the session's secret, in URL-safe base64.
    sdg: String,
    iat: i64,
    exp: i64,
}

impl JwtPassTokens {
    /// The type of the tokens.
    const TYPE: &str = "pass+jwt";

    /// Signs the tokens by `signer`.
    pub fn new(signer: Arc<JwtSigner>) -> Self {
        Self {
            tokens: JwtType::new(signer, Self::TYPE),
        }
    }
}

impl PassTokens for JwtPassTokens {
    fn issue(
        &self,
        secret: &SecretDigest,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<PassToken, IssueError> {
        let claims = Claims {
            sdg: URL_SAFE_NO_PAD.encode(secret.as_bytes()),
            iat: issued_at.timestamp(),
            exp: expires_at.timestamp(),
        };
        self.tokens.sign(claims).map(PassToken::new)
    }

    fn verify(&self, token: &PassToken, now: DateTime<Utc>) -> Option<SecretDigest> {
        let claims: Claims = self.tokens.verify(token.expose())?;
        if now >= DateTime::from_timestamp(claims.exp, 0)? {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(claims.sdg).ok()?;
        Some(SecretDigest::new(bytes.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        application::{
            ports::{AccessToken, AccessTokens, DeviceToken, DeviceTokens, KnownDevice},
            testing::user,
        },
        domain::{secret::Secret, user::Role},
        infrastructure::security::{HmacSecrets, JwtAccessTokens, JwtAlgorithm, JwtDeviceTokens, JwtOptions},
    };

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    fn signer(secret: &str, former: &[&str]) -> Arc<JwtSigner> {
        let options = JwtOptions {
            algorithm: JwtAlgorithm::HS256(HmacSecrets {
                current: secret.into(),
                former: former.iter().copied().map(Into::into).collect(),
            }),
            issuer: "gatehouse".into(),
            audience: "clients".into(),
        };
        Arc::new(JwtSigner::new(options).unwrap())
    }

    fn digest() -> SecretDigest {
        Secret::new([7; 32]).digest()
    }

    fn issue(signer: &Arc<JwtSigner>) -> PassToken {
        let tokens = JwtPassTokens::new(signer.clone());
        tokens.issue(&digest(), NOW, NOW + TimeDelta::days(1)).unwrap()
    }

    #[test]
    fn a_pass_names_its_session_until_it_expires() {
        let signer = signer("one", &[]);
        let pass = issue(&signer);
        let tokens = JwtPassTokens::new(signer);
        let end = NOW + TimeDelta::days(1);
        assert_eq!(tokens.verify(&pass, end - TimeDelta::seconds(1)), Some(digest()));
        assert_eq!(tokens.verify(&pass, end), None);
    }

    #[test]
    fn a_pass_stays_valid_while_the_key_is_replaced() {
        let pass = issue(&signer("one", &[]));
        let named = |secret, former: &[&str]| JwtPassTokens::new(signer(secret, former)).verify(&pass, NOW);
        assert_eq!(named("two", &["one"]), Some(digest()));
        assert_eq!(named("two", &[]), None);
    }

    #[test]
    fn a_pass_and_the_other_kinds_of_tokens_do_not_pass_for_each_other() {
        let signer = signer("one", &[]);
        let access = JwtAccessTokens::new(signer.clone());
        let devices = JwtDeviceTokens::new(signer.clone());
        let passes = JwtPassTokens::new(signer.clone());
        let end = NOW + TimeDelta::hours(1);

        let pass = issue(&signer);
        assert!(access.verify(&AccessToken::new(pass.expose())).is_none());
        assert!(devices.verify(&DeviceToken::new(pass.expose()), NOW).is_none());

        let access_token = access.issue(&Secret::new([7; 32]), NOW, end).unwrap();
        assert!(passes.verify(&PassToken::new(access_token.expose()), NOW).is_none());
        let device = KnownDevice {
            user_id: user("alice", Role::User).id(),
            generation: 7,
        };
        let device_token = devices.issue(&device, NOW, end).unwrap();
        assert!(passes.verify(&PassToken::new(device_token.expose()), NOW).is_none());
        // Even with the claims of a pass.
        let claims = Claims {
            sdg: URL_SAFE_NO_PAD.encode(digest().as_bytes()),
            iat: NOW.timestamp(),
            exp: end.timestamp(),
        };
        let access_token = JwtType::new(signer, "JWT").sign(claims).unwrap();
        assert!(passes.verify(&PassToken::new(access_token), NOW).is_none());
    }

    #[test]
    fn a_pass_does_not_contain_the_secret() {
        let pass = issue(&signer("one", &[]));
        let payload = pass.expose().split('.').nth(1).unwrap();
        let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert!(
            payload.contains(&URL_SAFE_NO_PAD.encode(digest().as_bytes())),
            "{payload}"
        );
        assert!(!payload.contains(&URL_SAFE_NO_PAD.encode([7; 32])), "{payload}");
    }

    proptest! {
        #[test]
        fn nothing_else_is_a_pass(text in "\\PC{0,80}|([A-Za-z0-9_-]{1,40}\\.){2}[A-Za-z0-9_-]{0,43}") {
            let tokens = JwtPassTokens::new(signer("one", &[]));
            prop_assert!(tokens.verify(&PassToken::new(text), NOW).is_none());
        }
    }
}
