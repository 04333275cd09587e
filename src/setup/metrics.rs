//! The metrics, and the server that shows them.

use std::{future::pending, io, net::TcpListener};

use actix_server::ServerBuilder;
use actix_web::web::Data;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, info::Info},
    registry::Registry,
};

use super::{adapters::Adapters, configuration::ServerConfig, listener::listen, use_cases::HttpUseCases};
use crate::{
    application::ports::Expirable,
    infrastructure::persistence::Database,
    presentation::http::{
        ConnectionLimits, ConnectionMetrics, Connections, RequestMetrics, TrustedProxies, metrics_app,
    },
};

/// Connections of scrapers and probes at a time, apart from those of clients.
const MAX_CONNECTIONS: usize = 16;

/// The metrics that the server counts, and the registry of all.
pub struct Metrics {
    /// Metrics of HTTP requests.
    pub requests: RequestMetrics,
    /// Metrics of HTTP connections.
    pub connections: ConnectionMetrics,
    /// Counts of purged rows.
    pub purged: PurgedRows,
    registry: Registry,
}

/// Counts purged rows by kind.
#[derive(Clone)]
pub struct PurgedRows(Family<[(&'static str, String); 1], Counter>);

impl Metrics {
    /// Registers the metrics of every layer.
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

    /// Prepares the server that shows them, and the health of this node, on `listeners`.
    ///
    /// # Errors
    /// If the operating system rejects a listener.
    pub fn listen(
        self,
        config: &ServerConfig,
        listeners: Vec<TcpListener>,
        use_cases: HttpUseCases,
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
        // Otherwise with the limits of the API.
        let config = ServerConfig {
            workers: 1,
            max_connections: MAX_CONNECTIONS,
            ..config.clone()
        };
        let app = move || {
            let use_cases = use_cases.clone();
            metrics_app(registry.clone(), move |server| use_cases.register(server))
        };
        listen(&config, connections, listeners, app)
    }
}

/// Serves the metrics, if there is a server, until the future is dropped.
///
/// # Errors
/// If the server fails.
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
        // So that each kind is shown before its first row.
        for what in Expirable::ALL {
            rows.add(what, 0);
        }
        rows
    }

    /// Adds `rows` to the count of a kind.
    pub fn add(&self, what: Expirable, rows: u64) {
        let kind = [("kind", what.name().replace(' ', "_"))];
        self.0.get_or_create(&kind).inc_by(rows);
    }
}
