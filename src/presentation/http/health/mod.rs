//! What an orchestrator or a load balancer asks: `/health`, and the root of the API.

pub(super) mod alive;
pub(super) mod ready;
