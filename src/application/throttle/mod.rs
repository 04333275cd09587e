//! Throttling: who fails to log in again and again has to wait, longer each time.
//!
//! Every attempt is counted before it is known what becomes of it, against all that it may be an attack on or from: so
//! many at once are no way around the count. One that succeeds is taken back. What is counted is in storage, so all
//! nodes count together; who is counted is not, but for keyed hashes.
//!
//! How long one has to wait after so many failures is a [rule](crate::domain::throttle::ThrottleRule) of the domain.
//! Use cases call [`Throttle`].

mod policy;
mod reservation;
mod service;
mod subject;

pub use policy::ThrottlePolicy;
pub use reservation::Reservation;
pub use service::{Throttle, Throttled};
pub use subject::ThrottleSubject;
