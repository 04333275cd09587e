//! Addresses, limits and timeouts of the server: the keys under `server`.

use std::{net::SocketAddr, time::Duration};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer};

use super::values::{host, networks, one_of, origins, seconds, socket_address, whole};
use crate::presentation::http::ForwardingHeader;

/// Addresses, limits and timeouts of the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// IP address or host name to listen on.
    #[serde(deserialize_with = "host")]
    pub host: String,
    /// TCP port; 0 takes any free one.
    #[serde(deserialize_with = "whole::<_, _, 0, 65_535>")]
    pub port: u16,
    /// Worker threads; 0 is one per core.
    #[serde(deserialize_with = "whole::<_, _, 0, 512>")]
    pub workers: usize,
    /// Connections of clients at a time, over all workers.
    #[serde(deserialize_with = "whole::<_, _, 1, 65_536>")]
    pub max_connections: usize,
    /// Connections at a time from one address or, of IPv6, from one /48 network.
    #[serde(deserialize_with = "whole::<_, _, 1, 65_536>")]
    pub max_connections_per_client: usize,
    /// Longest accepted request body.
    #[serde(deserialize_with = "whole::<_, _, 1024, 1_048_576>")]
    pub body_limit_bytes: usize,
    /// Time to receive the head of a request and, separately, its body.
    #[serde(rename = "request_timeout_seconds", deserialize_with = "seconds::<_, 1, 300>")]
    pub request_timeout: Duration,
    /// Time an idle connection stays open; zero closes it after each response.
    #[serde(rename = "keep_alive_seconds", deserialize_with = "seconds::<_, 0, 3600>")]
    pub keep_alive: Duration,
    /// Time that requests in flight get to finish when the server is stopped.
    #[serde(rename = "shutdown_timeout_seconds", deserialize_with = "seconds::<_, 0, 3600>")]
    pub shutdown_timeout: Duration,
    /// Origins under which browsers reach the server, as they send them.
    #[serde(deserialize_with = "origins")]
    pub public_origins: Vec<String>,
    /// Origins whose front ends may call the API, in the same form.
    #[serde(deserialize_with = "origins")]
    pub cors_allowed_origins: Vec<String>,
    /// Networks of the proxies that name the client.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Header in which they name it.
    #[serde(deserialize_with = "forwarding_header")]
    pub trusted_proxy_header: ForwardingHeader,
    /// Address of metrics and health, if they are served separately; port 0 takes any free one.
    #[serde(deserialize_with = "socket_address")]
    pub metrics_addr: Option<SocketAddr>,
}

fn forwarding_header<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ForwardingHeader, D::Error> {
    one_of(
        deserializer,
        [ForwardingHeader::XForwardedFor, ForwardingHeader::Forwarded],
    )
}
