//! The adapters that implement the [`ports`](crate::application::ports) of the application.
//!
//! [`persistence`] is the database, [`security`] is cryptography, and two small adapters are the only users of the
//! machine's clock and randomness. An adapter translates and decides nothing. `adapters` in [`setup`](crate::setup)
//! chooses the adapter of each port.

pub mod persistence;
pub mod security;
mod system_clock;
mod system_random;

pub use system_clock::SystemClock;
pub use system_random::SystemRandom;
