//! The addresses that the server listens on, bound before it does anything that a failed start would leave behind.

use anyhow::Context;
use tokio::net::TcpSocket;

use super::{configuration::ServerConfig, listener::bind};

/// The bound sockets of the server, not yet listening.
#[derive(Debug)]
pub struct Sockets {
    /// Sockets of the API.
    pub api: Vec<TcpSocket>,
    /// Sockets of the metrics, if they are served.
    pub metrics: Option<Vec<TcpSocket>>,
}

impl Sockets {
    /// Binds the configured addresses.
    ///
    /// # Errors
    /// If one of them cannot be bound.
    pub async fn bind(config: &ServerConfig) -> anyhow::Result<Self> {
        let api = bind((config.host.as_str(), config.port))
            .await
            .with_context(|| cannot_listen(config))?;
        let metrics = match config.metrics_addr {
            Some(address) => Some(bind(address).await.with_context(|| {
                format!("cannot listen on {address}: choose another server.metrics_addr (APP_SERVER__METRICS_ADDR)")
            })?),
            None => None,
        };
        Ok(Self { api, metrics })
    }
}

/// Returns the message for an API address that cannot be used.
pub fn cannot_listen(config: &ServerConfig) -> String {
    format!(
        "cannot listen on {}:{}: choose another server.host or server.port (APP_SERVER__PORT)",
        config.host, config.port
    )
}
