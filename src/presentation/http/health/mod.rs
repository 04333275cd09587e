//! Probes for orchestrators and load balancers: `/health`, and the root of the API.

pub(super) mod alive;
pub(super) mod ready;
