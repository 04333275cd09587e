use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{JwtSigner, jwt_type::JwtType};
use crate::application::ports::{DeviceToken, DeviceTokens, IssueError, KnownDevice};

/// Device tokens as JSON Web Tokens, signed by the keys of the access tokens.
#[derive(Debug)]
pub struct JwtDeviceTokens {
    tokens: JwtType,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// The id of the user.
    sub: Uuid,
    /// The generation of the user's credentials.
    #[serde(rename = "gen")]
    generation: u32,
    iat: i64,
    exp: i64,
}

impl JwtDeviceTokens {
    /// The type of the tokens.
    const TYPE: &str = "device+jwt";

    /// Signs the tokens by `signer`.
    pub fn new(signer: Arc<JwtSigner>) -> Self {
        Self {
            tokens: JwtType::new(signer, Self::TYPE),
        }
    }
}

impl DeviceTokens for JwtDeviceTokens {
    fn issue(
        &self,
        device: &KnownDevice,
        issued_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<DeviceToken, IssueError> {
        let claims = Claims {
            sub: device.user_id.as_uuid(),
            generation: device.generation,
            iat: issued_at.timestamp(),
            exp: expires_at.timestamp(),
        };
        self.tokens.sign(claims).map(DeviceToken::new)
    }

    fn verify(&self, token: &DeviceToken, now: DateTime<Utc>) -> Option<KnownDevice> {
        let claims: Claims = self.tokens.verify(token.expose())?;
        let is_live = DateTime::from_timestamp(claims.exp, 0).is_some_and(|expires_at| now < expires_at);
        is_live.then_some(KnownDevice {
            user_id: claims.sub.into(),
            generation: claims.generation,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        application::{
            ports::{AccessToken, AccessTokens},
            testing::user,
        },
        domain::{secret::Secret, user::Role},
        infrastructure::security::{HmacSecrets, JwtAccessTokens, JwtAlgorithm, JwtOptions},
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

    fn device() -> KnownDevice {
        KnownDevice {
            user_id: user("alice", Role::User).id(),
            generation: 7,
        }
    }

    fn issue(signer: &Arc<JwtSigner>, device: &KnownDevice) -> DeviceToken {
        let tokens = JwtDeviceTokens::new(signer.clone());
        tokens.issue(device, NOW, NOW + TimeDelta::days(1)).unwrap()
    }

    #[test]
    fn a_device_is_known_until_its_token_expires() {
        let (signer, device) = (signer("one", &[]), device());
        let token = issue(&signer, &device);
        let tokens = JwtDeviceTokens::new(signer);
        assert_eq!(
            tokens.verify(&token, NOW + TimeDelta::days(1) - TimeDelta::seconds(1)),
            Some(device)
        );
        assert_eq!(tokens.verify(&token, NOW + TimeDelta::days(1)), None);
    }

    #[test]
    fn a_device_stays_known_while_the_key_is_replaced() {
        let device = device();
        let token = issue(&signer("one", &[]), &device);
        let known = |secret, former: &[&str]| JwtDeviceTokens::new(signer(secret, former)).verify(&token, NOW);
        assert_eq!(known("two", &["one"]), Some(device));
        assert_eq!(known("two", &[]), None);
    }

    #[test]
    fn a_device_token_logs_nobody_in_and_an_access_token_names_no_device() {
        let signer = signer("one", &[]);
        let (access, devices) = (
            JwtAccessTokens::new(signer.clone()),
            JwtDeviceTokens::new(signer.clone()),
        );
        let device_token = issue(&signer, &device());
        assert!(access.verify(&AccessToken::new(device_token.expose())).is_none());
        let secret = Secret::new([7; 32]);
        let access_token = access.issue(&secret, NOW, NOW + TimeDelta::hours(1)).unwrap();
        assert!(devices.verify(&DeviceToken::new(access_token.expose()), NOW).is_none());
    }

    proptest! {
        #[test]
        fn nothing_else_names_a_device(text in "\\PC{0,80}|([A-Za-z0-9_-]{1,40}\\.){2}[A-Za-z0-9_-]{0,43}") {
            let tokens = JwtDeviceTokens::new(signer("one", &[]));
            prop_assert!(tokens.verify(&DeviceToken::new(text), NOW).is_none());
        }
    }
}
