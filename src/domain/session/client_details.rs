use std::net::IpAddr;

use super::UserAgent;

/// What is known of the client who begins a session, for its user to recognize it by. Nothing is judged by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientDetails {
    /// The address that the log-in came from.
    pub address: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<UserAgent>,
}
