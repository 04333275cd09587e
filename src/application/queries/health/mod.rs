//! Queries of an orchestrator about a node. The liveness check needs no use case: its controller in
//! [`http`](crate::presentation::http) answers alone.

mod check_readiness;

pub use check_readiness::CheckReadiness;
