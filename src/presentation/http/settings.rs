use std::{sync::Arc, time::Duration};

use super::{cookies::CookieSettings, metrics::RequestMetrics, request::TrustedProxies};

/// Settings of the HTTP side, checked by whoever fills them in.
#[derive(Clone)]
pub struct HttpSettings {
    /// The session cookie.
    pub cookie: Arc<CookieSettings>,
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
        Self {
            cookie: Arc::new(CookieSettings::for_tests()),
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
