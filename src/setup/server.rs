//! `gatehouse serve`: the server from start to stop.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::{
    dev::ServerHandle,
    web::{Bytes, Data},
};
use anyhow::Context;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    adapters::Adapters,
    configuration::Configuration,
    database,
    hash_costs::set_highest_hash_cost,
    listener::{listen, listen_on},
    metrics::{Metrics, serve_metrics},
    peppers::require_peppers,
    services::Services,
    sockets::{Sockets, cannot_listen},
    upkeep::{run_jobs, write_last_refusals},
    use_cases::{HttpUseCases, UpkeepUseCases},
    web_settings::{http_settings, pages_settings},
};
use crate::{
    infrastructure::persistence::Database,
    presentation::{
        http::{self, ConnectionLimits, Connections},
        pages,
    },
};

/// Serves requests on `sockets` until SIGINT or SIGTERM, then finishes those in flight; a second signal aborts them.
///
/// # Errors
/// If the server cannot start with this configuration.
pub async fn serve(configuration: &Configuration, sockets: Sockets) -> anyhow::Result<()> {
    let database = database::open_to_serve(&configuration.database).await?;
    let serve = async |database: &Database| serve_from(database, configuration, sockets).await;
    database::use_then_close(database, serve).await
}

async fn serve_from(database: &Database, configuration: &Configuration, sockets: Sockets) -> anyhow::Result<()> {
    database::migrate_on_start(&configuration.database, database).await?;
    require_peppers(&configuration.security.password, database).await?;
    database::announce(&configuration.database, database);
    database.warn_of_slow_build().await;
    let adapters = Adapters::new(configuration, database)?;
    set_highest_hash_cost(&configuration.security.password, &adapters.password_hasher, database).await?;
    let services = Services::new(&adapters, None);
    let use_cases = HttpUseCases::new(&adapters, &services, configuration.sign_up.enabled);
    let upkeep = UpkeepUseCases::new(&adapters, &services);
    let metrics = Metrics::new(&adapters, database);
    let purged = metrics.purged.clone();
    let pages = pages_settings(configuration, &adapters).map(Data::new);
    let settings = Data::new(http_settings(configuration, &metrics, pages.clone())?);
    let cookies = &configuration.security.cookies;
    let document = http::document(
        &cookies.sent_name(),
        &cookies.sent_pass_name(),
        &adapters.password_policy,
    );
    let document = Bytes::from(document);

    let config = &configuration.server;
    let limits = ConnectionLimits {
        total: config.max_connections,
        per_client: config.max_connections_per_client,
    };
    let connections = Connections::new(limits, settings.trusted_proxies.clone(), metrics.connections.clone());
    let listeners = listen_on(sockets.api).with_context(|| cannot_listen(config))?;
    let addresses = listeners.iter().map(TcpListener::local_addr);
    let addresses = addresses.collect::<io::Result<Vec<_>>>()?;
    let server_use_cases = use_cases.clone();
    let server = listen(config, connections, listeners, move || {
        let (use_cases, pages) = (server_use_cases.clone(), pages.clone());
        let session = settings.cookie.middleware();
        http::app(settings.clone(), document.clone(), move |server| {
            use_cases.register(server);
            if let Some(pages) = pages {
                pages::routes(pages, session)(server);
            }
        })
    })?;
    let listen_for_metrics = |sockets| metrics.listen(config, listen_on(sockets)?, use_cases);
    let metrics = sockets.metrics.map(listen_for_metrics).transpose()?;

    let signals = StopSignals::listen()?;
    for address in addresses {
        announce(configuration, address);
    }
    let server = server.run();
    let handle = server.handle();
    tokio::select! {
        outcome = server => outcome?,
        // Until the API has stopped, and no longer.
        outcome = serve_metrics(metrics) => outcome?,
        never = run_jobs(&upkeep, &adapters, database, &purged) => match never {},
        // Drops the server, which aborts requests in flight; a second order to stop would wait behind the first.
        () = second_signal(handle, signals, config.shutdown_timeout) => log::warn!("stopping at once"),
    }
    write_last_refusals(&upkeep).await;
    log::info!("stopped");
    Ok(())
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
    if configuration.console.enabled {
        let origin = configuration.server.public_origins.first();
        let origin = origin.map_or_else(|| format!("http://{address}"), Clone::clone);
        log::info!("people log in at {origin}/console/");
    }
}

/// The signals that stop a process: SIGINT and SIGTERM, or Ctrl-C where there are none.
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
    // The call gives the order; there is no need to wait for its end here.
    drop(server.stop(true));
    signals.next().await;
}
