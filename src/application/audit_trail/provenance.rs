use std::{net::IpAddr, sync::Arc};

/// The origin of a request, for the audit trail and for counting attempts. It grants no access.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The address of the client.
    pub address: Option<IpAddr>,
    /// The id of the request in the log.
    pub request_id: Option<Arc<str>>,
}
