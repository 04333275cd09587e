//! What Gatehouse stands on: adapters that implement the [`ports`](crate::application::ports) of the application, a
//! file for each.
//!
//! [`persistence`] is the database, [`security`] cryptography, and two small ones the machine's clock and randomness,
//! which only they may ask. An adapter translates and decides nothing: what an inactive user may do is no matter of
//! SQL. Which adapter stands behind which port, `adapters` in [`setup`](crate::setup) says.

pub mod persistence;
pub mod security;
mod system_clock;
mod system_random;

pub use system_clock::SystemClock;
pub use system_random::SystemRandom;
