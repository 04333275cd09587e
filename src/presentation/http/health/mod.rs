//! What an orchestrator or a load balancer asks.

pub(super) mod alive;
pub(super) mod ready;
