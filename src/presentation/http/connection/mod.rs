//! Connections below HTTP: how many may be open, how long they may keep the server waiting, and how much they may make
//! it hold in memory.

mod activity;
mod connections;
mod stream;

pub use activity::Activity;
pub use connections::{ConnectionLimits, Connections};
pub use stream::{Connection, StreamLimits};
