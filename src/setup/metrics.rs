//! What can be measured, and the listener on which it can be read.

use std::{
    future::pending,
    io,
    net::{SocketAddr, TcpListener},
};

use actix_server::ServerBuilder;
use actix_web::web::Data;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, info::Info},
    registry::Registry,
};

use super::{adapters::Adapters, configuration::ServerConfig, listener::listen};
use crate::{
    application::ports::Expirable,
    application::queries::health::CheckReadiness,
    infrastructure::persistence::Database,
    presentation::http::{
        ConnectionLimits, ConnectionMetrics, Connections, RequestMetrics, TrustedProxies, metrics_app,
    },
};

/// Connections of scrapers and probes at a time. They are not counted among those of clients.
const MAX_CONNECTIONS: usize = 16;

/// What is counted on the way, and all that can be read.
pub struct Metrics {
    /// Those of HTTP.
    pub requests: RequestMetrics,
    /// Those of the connections that HTTP comes by.
    pub connections: ConnectionMetrics,
    /// Those of the upkeep.
    pub purged: PurgedRows,
    registry: Registry,
}

/// Counts what was purged, by kind.
#[derive(Clone)]
pub struct PurgedRows(Family<[(&'static str, String); 1], Counter>);

impl Metrics {
    /// Collects the metrics of every layer.
    pub fn new(adapters: &Adapters, database: &Database) -> Self {
        let mut registry = Registry::default();
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("gatehouse_build", "The program that runs", Info::new(version));
        registry.register_collector(Box::new(database.clone()));
        registry.register_collector(Box::new(adapters.password_hasher.clone()));
        Self {
            requests: RequestMetrics::register(&mut registry),
            connections: ConnectionMetrics::register(&mut registry),
            purged: PurgedRows::register(&mut registry),
            registry,
        }
    }

    /// Prepares the server that shows them to `listeners`, and beside them the health of this node.
    ///
    /// # Errors
    /// If the operating system lets it have no listener.
    pub fn listen(
        self,
        config: &ServerConfig,
        listeners: Vec<TcpListener>,
        check_readiness: Data<CheckReadiness>,
    ) -> io::Result<ServerBuilder> {
        for listener in &listeners {
            log::info!("metrics are served at http://{}/metrics", listener.local_addr()?);
        }
        let registry = Data::new(self.registry);
        let limits = ConnectionLimits {
            total: MAX_CONNECTIONS,
            per_client: MAX_CONNECTIONS,
        };
        let connections = Connections::new(limits, TrustedProxies::none(), ConnectionMetrics::default());
        let app = move || metrics_app(registry.clone(), check_readiness.clone());
        listen(config, connections, listeners, app)
    }
}

/// How the metrics are served at `address`: as patiently as the API, but to a scraper or two.
pub fn metrics_server(address: SocketAddr, config: &ServerConfig) -> ServerConfig {
    ServerConfig {
        host: address.ip().to_string(),
        port: address.port(),
        workers: 1,
        max_connections: MAX_CONNECTIONS,
        ..config.clone()
    }
}

/// Serves the metrics, if they are to be served, for as long as it is waited for.
///
/// # Errors
/// If the operating system does not let it.
pub async fn serve_metrics(server: Option<ServerBuilder>) -> io::Result<()> {
    match server {
        Some(server) => server.run().await,
        None => pending().await,
    }
}

impl PurgedRows {
    fn register(registry: &mut Registry) -> Self {
        let rows = Self(Family::default());
        registry.register(
            "gatehouse_purged_rows",
            "Rows that had expired and were removed",
            rows.0.clone(),
        );
        // So that each kind is there before its first row.
        for what in Expirable::ALL {
            rows.add(what, 0);
        }
        rows
    }

    /// Counts so many more.
    pub fn add(&self, what: Expirable, rows: u64) {
        let kind = [("kind", what.name().replace(' ', "_"))];
        self.0.get_or_create(&kind).inc_by(rows);
    }
}
