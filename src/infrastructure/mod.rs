//! What Gatehouse stands on: adapters that implement the ports of the application.

pub mod persistence;
pub mod security;
mod system_clock;
mod system_random;

pub use system_clock::SystemClock;
pub use system_random::SystemRandom;
