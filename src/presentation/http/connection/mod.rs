//! Limits for connections below HTTP: their number, their timeouts, and the memory that they use.

mod activity;
mod connections;
mod stream;

pub use activity::Activity;
pub use connections::{ConnectionLimits, Connections};
pub use stream::{Connection, StreamLimits};
