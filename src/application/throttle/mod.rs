//! Throttling: each further failed log-in has to wait longer, and floods of what succeeds are limited.
//!
//! An attempt counts against everything that it may be an attack on or from. At an account it is counted before its
//! outcome is known, so that parallel attempts do not get around the count, and success forgets it. At a network it is
//! counted once it has failed, or once its client has hung up. Storage keeps the counts, so all nodes count together. It
//! keeps keyed hashes of the names and addresses, not the names and addresses themselves.
//!
//! How long an attempt must wait is a [rule](crate::domain::throttle::ThrottleRule) of the domain. Use cases call
//! [`Throttle`].

mod abandoned_attempts;
mod change_budget;
mod policy;
mod reservation;
mod service;
mod subject;
mod throttled;

pub use abandoned_attempts::AbandonedAttempts;
pub use change_budget::ChangeBudget;
pub use policy::ThrottlePolicy;
pub use reservation::Reservation;
pub use service::Throttle;
pub use subject::ThrottleSubject;
pub use throttled::Throttled;
