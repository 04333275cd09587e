//! What an orchestrator asks of a node.

mod check_readiness;

pub use check_readiness::CheckReadiness;
