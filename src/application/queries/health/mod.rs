//! What an orchestrator asks of a node. That the process is alive asks no use case: its
//! controller in [`http`](crate::presentation::http) answers that alone.

mod check_readiness;

pub use check_readiness::CheckReadiness;
