use std::{sync::Arc, time::Duration};

use actix_web::{HttpResponse, dev::RequestHead};

use super::{
    cookies::CookieSettings, forward_auth::ForwardAuth, metrics::RequestMetrics, problem::Problem,
    request::TrustedProxies,
};

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
    /// Whether `/docs/` and the OpenAPI document are served.
    pub docs_enabled: bool,
    /// The path that `/` redirects to; without one, `/` is 404.
    pub home: Option<&'static str>,
    /// The part of the server whose errors are pages, if there is one.
    pub error_pages: Option<ErrorPages>,
    /// The metrics of requests, if they are enabled.
    pub metrics: Option<RequestMetrics>,
    /// The services that a proxy guards by asking this server, if there are any.
    pub forward_auth: Option<Arc<ForwardAuth>>,
}

/// Builds the page of a problem for a request.
type ShowProblem = dyn Fn(&RequestHead, &Problem) -> HttpResponse + Send + Sync;

/// Shows the problems under a path as pages for people.
#[derive(Clone)]
pub struct ErrorPages {
    /// The path, without a slash at its end.
    pub path: &'static str,
    /// Builds the page of a problem for a request.
    pub show: Arc<ShowProblem>,
}

impl ErrorPages {
    /// Returns whether `path` lies below the path of the pages.
    pub fn covers(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
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
            home: Some("/docs/"),
            error_pages: None,
            metrics: None,
            forward_auth: None,
        }
    }
}
