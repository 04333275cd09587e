//! Forward-auth: the keys under `forward_auth`.

use serde::Deserialize;

use super::values::{cookie_domain, origins};

/// Services that a proxy guards by asking this server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardAuthConfig {
    /// Origins of the services, as browsers send them; none turns forward-auth off.
    #[serde(deserialize_with = "origins")]
    pub origins: Vec<String>,
    /// Domain that they share with this server, whose hosts get the pass.
    #[serde(deserialize_with = "cookie_domain")]
    pub cookie_domain: Option<String>,
}
