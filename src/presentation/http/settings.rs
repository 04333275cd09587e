use std::time::Duration;

use super::{cookies::CookieSettings, extract::TrustedProxies, metrics::RequestMetrics};

/// Settings of the HTTP side, checked by whoever fills them in.
#[derive(Clone)]
pub struct HttpSettings {
    /// The session cookie.
    pub cookie: CookieSettings,
    /// The largest body that is read, in bytes; a larger one is 413.
    pub body_limit: usize,
    /// How long a body may take to arrive; a slower one is 408.
    pub body_timeout: Duration,
    /// The origins under which browsers reach this server, as they send them: `https://users.example.com`. Without any, a
    /// browser is asked whether it is at the right one.
    pub public_origins: Vec<String>,
    /// The origins whose front ends may call the API, in the same form.
    pub cors_allowed_origins: Vec<String>,
    /// The proxies that say who the client is.
    pub trusted_proxies: TrustedProxies,
    /// Whether `/`, `/docs/` and the OpenAPI document are served.
    pub docs_enabled: bool,
    /// Where requests are counted, if they are.
    pub metrics: Option<RequestMetrics>,
}

#[cfg(test)]
impl HttpSettings {
    /// Settings as in production, where front ends of these origins may call.
    pub fn for_tests(cors_allowed_origins: &[&str]) -> Self {
        use actix_web::cookie::{Key, SameSite};
        Self {
            cookie: CookieSettings {
                name: "__Host-access_token".to_owned(),
                domain: None,
                secure: true,
                same_site: SameSite::Strict,
                key: Key::derive_from(&[1; 32]),
                former_keys: Vec::new(),
                ttl: Duration::from_hours(1),
                device_name: "__Host-access_token_device".to_owned(),
                device_ttl: Duration::from_hours(24),
            },
            body_limit: 65_536,
            body_timeout: Duration::from_secs(10),
            public_origins: Vec::new(),
            cors_allowed_origins: cors_allowed_origins.iter().map(ToString::to_string).collect(),
            trusted_proxies: TrustedProxies::none(),
            docs_enabled: true,
            metrics: None,
        }
    }
}
