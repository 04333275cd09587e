use std::{net::IpAddr, sync::Arc};

/// Where a request comes from. Nobody is let in by it; attempts are counted by it, and it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The address of the client.
    pub address: Option<IpAddr>,
    /// The id under which the log has the request.
    pub request_id: Option<Arc<str>>,
}
