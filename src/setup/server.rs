//! `gatehouse serve`: the server from its start to its end.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    cookie::{Key, SameSite},
    dev::ServerHandle,
    web::{Bytes, Data},
};
use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    adapters::Adapters,
    configuration::{self, Configuration, SecurityConfig, ServerConfig},
    database,
    hash_costs::{set_highest_hash_cost, update_highest_hash_cost},
    listener::{listen, listen_on},
    metrics::{Metrics, metrics_server, serve_metrics},
    peppers::require_peppers,
    services::Services,
    sockets::{Sockets, cannot_listen},
    upkeep::{purge_now_and_then, write_last_refusals, write_refusals_now_and_then},
    use_cases::{HttpUseCases, UpkeepUseCases},
};
use crate::{
    infrastructure::persistence::Database,
    presentation::http::{
        self, ConnectionLimits, Connections, CookieSettings, ForwardingHeader, HttpSettings, TrustedProxies,
    },
};

/// Serves requests on `sockets` until SIGINT or SIGTERM, then finishes those that run; a second signal cuts them.
///
/// # Errors
/// If the server cannot start as it is configured.
pub async fn serve(configuration: &Configuration, sockets: Sockets) -> anyhow::Result<()> {
    let database = database::open_to_serve(&configuration.database).await?;
    let outcome = serve_from(&database, configuration, sockets).await;
    database.close().await;
    outcome
}

async fn serve_from(database: &Database, configuration: &Configuration, sockets: Sockets) -> anyhow::Result<()> {
    database::migrate_on_start(&configuration.database, database).await?;
    require_peppers(&configuration.security.password, database).await?;
    database::announce(&configuration.database, database);
    database.warn_of_slow_build().await;
    let adapters = Adapters::new(configuration, database)?;
    let hasher = adapters.password_hasher.as_ref();
    set_highest_hash_cost(&configuration.security.password, hasher, database).await?;
    let services = Services::new(&adapters, None);
    let use_cases = HttpUseCases::new(&adapters, &services, configuration.sign_up.enabled);
    let upkeep = UpkeepUseCases::new(&adapters, &services);
    let metrics = Metrics::new(&adapters, database);
    let purged = metrics.purged.clone();
    let settings = http_settings(configuration, &metrics);
    let connections = connections(&configuration.server, &settings, &metrics);
    let check_readiness = use_cases.check_readiness.clone();
    let password_policy = configuration.security.password.policy();
    let document = Bytes::from(http::document(&settings.cookie.name, &password_policy));
    let settings = Data::new(settings);

    let config = &configuration.server;
    let listeners = listen_on(sockets.api).with_context(|| cannot_listen(config))?;
    let addresses = listeners.iter().map(TcpListener::local_addr);
    let addresses = addresses.collect::<io::Result<Vec<_>>>()?;
    let server = listen(config, connections, listeners, move || {
        let use_cases = use_cases.clone();
        http::app(settings.clone(), document.clone(), move |server| {
            use_cases.register(server)
        })
    })?;
    let metrics = match config.metrics_addr.zip(sockets.metrics) {
        Some((address, sockets)) => {
            let config = metrics_server(address, config);
            Some(metrics.listen(&config, listen_on(sockets)?, check_readiness)?)
        }
        None => None,
    };

    let signals = StopSignals::listen()?;
    for address in addresses {
        announce(configuration, address);
    }
    let server = server.run();
    let handle = server.handle();
    tokio::select! {
        outcome = server => outcome?,
        // Until the other one has stopped, and no longer.
        outcome = serve_metrics(metrics) => outcome?,
        never = purge_now_and_then(&upkeep.purge_expired, adapters.random.as_ref(), &purged) => match never {},
        never = write_refusals_now_and_then(&upkeep.write_refusals) => match never {},
        never = update_highest_hash_cost(hasher, database) => match never {},
        // Drops the server, which cuts what runs; an order to stop would wait behind the one that is being followed.
        () = second_signal(handle, signals, config.shutdown_timeout) => log::warn!("stopping at once"),
    }
    write_last_refusals(&upkeep.write_refusals).await;
    log::info!("stopped");
    Ok(())
}

fn http_settings(configuration: &Configuration, metrics: &Metrics) -> HttpSettings {
    let has_metrics = configuration.server.metrics_addr.is_some();
    HttpSettings {
        cookie: Arc::new(cookie_settings(&configuration.security)),
        body_limit: configuration.server.body_limit_bytes,
        body_timeout: configuration.server.request_timeout,
        public_origins: configuration.server.public_origins.clone(),
        cors_allowed_origins: configuration.server.cors_allowed_origins.clone(),
        trusted_proxies: trusted_proxies(&configuration.server),
        docs_enabled: configuration.docs.enabled,
        metrics: has_metrics.then(|| metrics.requests.clone()),
    }
}

fn connections(config: &ServerConfig, settings: &HttpSettings, metrics: &Metrics) -> Connections {
    let limits = ConnectionLimits {
        total: config.max_connections,
        per_client: config.max_connections_per_client,
    };
    Connections::new(limits, settings.trusted_proxies.clone(), metrics.connections.clone())
}

fn trusted_proxies(config: &ServerConfig) -> TrustedProxies {
    TrustedProxies {
        networks: config.trusted_proxies.clone(),
        header: match config.trusted_proxy_header {
            configuration::TrustedProxyHeader::XForwardedFor => ForwardingHeader::XForwardedFor,
            configuration::TrustedProxyHeader::Forwarded => ForwardingHeader::Forwarded,
        },
    }
}

fn cookie_settings(security: &SecurityConfig) -> CookieSettings {
    let config = &security.cookies;
    CookieSettings {
        name: config.sent_name(),
        device_name: config.sent_device_name(),
        domain: config.domain.clone(),
        secure: config.secure,
        same_site: match config.same_site {
            configuration::SameSite::Strict => SameSite::Strict,
            configuration::SameSite::Lax => SameSite::Lax,
            configuration::SameSite::None => SameSite::None,
        },
        key: cookie_key(&config.key.current),
        former_keys: config.key.former.iter().map(cookie_key).collect(),
        ttl: security.auth.session_ttl.to_std().unwrap_or_default(),
        device_ttl: security.throttle.device_ttl.to_std().unwrap_or_default(),
    }
}

fn cookie_key(secret: &SecretString) -> Key {
    // Its length was checked with the configuration; a shorter one than 32 bytes would panic here.
    Key::derive_from(secret.expose_secret().as_bytes())
}

fn announce(configuration: &Configuration, address: SocketAddr) {
    log::info!(
        "gatehouse {} listens on http://{address} in the environment {}",
        env!("CARGO_PKG_VERSION"),
        configuration.environment
    );
    if configuration.docs.enabled {
        log::info!("the API is documented at http://{address}/docs/");
    }
}

/// What asks a process to stop: SIGINT and SIGTERM, or Ctrl-C where there are no such signals.
struct StopSignals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}

/// Stops the server gracefully on the first signal, and returns on the second.
async fn second_signal(server: ServerHandle, mut signals: StopSignals, timeout: Duration) {
    signals.next().await;
    log::info!("stopping: running requests have {} s to finish", timeout.as_secs());
    // The order is given by the call; there is no need to wait for its end here.
    drop(server.stop(true));
    signals.next().await;
}
