//! The addresses that the server listens on, taken before it does anything that would stay behind if it could not have them.

use anyhow::Context;
use tokio::net::TcpSocket;

use super::{configuration::ServerConfig, listener::bind, metrics::metrics_server};

/// Every address of the server, taken but not yet listened on.
#[derive(Debug)]
pub struct Sockets {
    /// Those of the API.
    pub api: Vec<TcpSocket>,
    /// Those of the metrics, if they are to be served.
    pub metrics: Option<Vec<TcpSocket>>,
}

impl Sockets {
    /// Takes the addresses that the configuration names.
    ///
    /// # Errors
    /// If it cannot have them.
    pub async fn bind(config: &ServerConfig) -> anyhow::Result<Self> {
        let api = bind(config).await.with_context(|| cannot_listen(config))?;
        let metrics = match config.metrics_addr {
            Some(address) => {
                let sockets = bind(&metrics_server(address, config)).await;
                Some(sockets.with_context(|| {
                    format!("cannot listen on {address}: choose another server.metrics_addr (APP_SERVER__METRICS_ADDR)")
                })?)
            }
            None => None,
        };
        Ok(Self { api, metrics })
    }
}

/// What to do if the API cannot have its address.
pub fn cannot_listen(config: &ServerConfig) -> String {
    format!(
        "cannot listen on {}:{}: choose another server.host or server.port (APP_SERVER__PORT)",
        config.host, config.port
    )
}
