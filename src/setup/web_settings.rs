//! The settings of the HTTP server and the pages, from the configuration.

use std::sync::Arc;

use actix_web::{cookie::Key, web::Data};
use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};

use super::{
    adapters::Adapters,
    authority::authority,
    configuration::{Configuration, ForwardAuthConfig, SecurityConfig, ServerConfig},
    metrics::Metrics,
};
use crate::presentation::{
    http::{CookieSettings, ErrorPages, ForwardAuth, HttpSettings, PassCookieSettings, TrustedProxies},
    pages::{self, PagesSettings},
};

/// Returns the settings of the HTTP server, which shows errors as `pages` if these are served.
///
/// # Errors
/// If services are guarded without a public origin, which was checked with the configuration.
pub fn http_settings(
    configuration: &Configuration,
    metrics: &Metrics,
    pages: Option<Data<PagesSettings>>,
) -> anyhow::Result<HttpSettings> {
    let config = &configuration.server;
    let cookie = Arc::new(cookie_settings(&configuration.security, &configuration.forward_auth));
    let error_pages = pages.map(|pages| {
        let cookie = cookie.clone();
        ErrorPages {
            path: pages::PATH,
            show: Arc::new(move |request, problem| pages::problem_page(request, problem, &pages, &cookie)),
        }
    });
    let home = if configuration.docs.enabled {
        Some("/docs/")
    } else {
        error_pages.is_some().then_some("/console/")
    };
    Ok(HttpSettings {
        cookie,
        body_limit: config.body_limit_bytes,
        body_timeout: config.request_timeout,
        public_origins: config.public_origins.clone(),
        cors_allowed_origins: config.cors_allowed_origins.clone(),
        trusted_proxies: TrustedProxies {
            networks: config.trusted_proxies.clone(),
            header: config.trusted_proxy_header,
        },
        docs_enabled: configuration.docs.enabled,
        home,
        error_pages,
        metrics: config.metrics_addr.map(|_| metrics.requests.clone()),
        forward_auth: forward_auth(configuration)?,
    })
}

/// Returns the settings of the pages, if they are served.
pub fn pages_settings(configuration: &Configuration, adapters: &Adapters) -> Option<PagesSettings> {
    configuration.console.enabled.then(|| PagesSettings {
        title: configuration.console.title.clone(),
        sign_up_enabled: configuration.sign_up.enabled,
        public_origin: configuration.server.public_origins.first().cloned(),
        password_policy: adapters.password_policy.clone(),
        admins_set_passwords: adapters.admins_set_passwords,
        clock: adapters.clock.clone(),
    })
}

/// Returns the origin of the links that the command line prints: the first public one, or that of the server itself.
pub fn link_origin(config: &ServerConfig) -> String {
    let own = || format!("http://{}", authority(&config.host, config.port));
    config.public_origins.first().cloned().unwrap_or_else(own)
}

/// Returns why the links that the command line prints may lead nowhere.
pub fn link_warnings(configuration: &Configuration) -> Vec<&'static str> {
    let mut warnings = Vec::new();
    if configuration.is_production() && configuration.server.public_origins.is_empty() {
        warnings.push(
            "server.public_origins is empty: the link begins with the address of this server, which users may not \
             reach. List the origins that browsers show",
        );
    }
    if !configuration.console.enabled {
        warnings
            .push("console.enabled is false: the link leads to a page that is not served. Your own page needs what follows the #");
    }
    warnings
}

/// Returns the settings of forward-auth, if services are guarded.
///
/// # Errors
/// If there is no public origin, which was checked with the configuration.
fn forward_auth(configuration: &Configuration) -> anyhow::Result<Option<Arc<ForwardAuth>>> {
    let origins = &configuration.forward_auth.origins;
    if origins.is_empty() {
        return Ok(None);
    }
    let public_origin = configuration.server.public_origins.first();
    let public_origin = public_origin.context("server.public_origins is empty")?;
    let forward_auth = ForwardAuth::new(public_origin, origins).context("forward_auth.origins")?;
    Ok(Some(Arc::new(forward_auth)))
}

fn cookie_settings(security: &SecurityConfig, forward_auth: &ForwardAuthConfig) -> CookieSettings {
    let config = &security.cookies;
    CookieSettings {
        name: config.sent_name(),
        device_name: config.sent_device_name(),
        domain: config.domain.clone(),
        secure: config.secure,
        same_site: config.same_site,
        key: cookie_key(&config.key.current),
        former_keys: config.key.former.iter().map(cookie_key).collect(),
        ttl: security.auth.session_ttl.to_std().unwrap_or_default(),
        device_ttl: security.throttle.device_ttl.to_std().unwrap_or_default(),
        notice_name: config.sent_notice_name(),
        pass: forward_auth.cookie_domain.clone().map(|domain| PassCookieSettings {
            name: config.sent_pass_name(),
            domain,
        }),
    }
}

fn cookie_key(secret: &SecretString) -> Key {
    // Its length was checked with the configuration; a shorter one than 32 bytes would panic here.
    Key::derive_from(secret.expose_secret().as_bytes())
}
