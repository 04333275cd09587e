use std::{sync::Arc, time::Duration};

use super::{cookies::CookieSettings, forward_auth::ForwardAuth, metrics::RequestMetrics, request::TrustedProxies};

/// Settings of the HTTP server, already validated.
#[derive(Clone)]
pub struct HttpSettings {
    /// The session cookie.
    pub cookie: Arc<CookieSettings>,
    /// The largest accepted body, in bytes; a larger one is 413.
    pub body_limit: usize,
    /// How long a body may take to arrive; a slower one is 408.
    pub body_timeout: Duration,
    /// The origins of this server as browsers send them, such as `https://users.example.com`. If there are none,
    /// `Sec-Fetch-Site` and `Host` decide.
    pub public_origins: Vec<String>,
    /// The origins whose front ends may call the API, in the same form.
    pub cors_allowed_origins: Vec<String>,
    /// The proxies that are trusted to name the client.
    pub trusted_proxies: TrustedProxies,
    /// Whether `/`, `/docs/` and the OpenAPI document are served.
    pub docs_enabled: bool,
    /// The metrics of requests, if they are enabled.
    pub metrics: Option<RequestMetrics>,
    /// The services that a proxy guards by asking this server, if there are any.
    pub forward_auth: Option<Arc<ForwardAuth>>,
}

#[cfg(test)]
impl HttpSettings {
    /// Returns settings as in production, with these allowed origins.
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
            forward_auth: None,
        }
    }
}
