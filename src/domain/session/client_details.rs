use std::net::IpAddr;

use super::UserAgent;

/// The client that began a session, for its user to recognize. No decision depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientDetails {
    /// The address of the client at the log-in.
    pub address: Option<IpAddr>,
    /// The name that the client gives itself.
    pub user_agent: Option<UserAgent>,
}
