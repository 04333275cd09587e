//! Throttling: each further failed log-in has to wait longer, and floods of successful ones are limited.
//!
//! An attempt counts against every account and network that it may attack or come from. Against an account it is
//! counted before its outcome is known, so that parallel attempts do not evade the limit; success clears the count.
//! Against a network it is counted after it has failed, or after its client has disconnected. Storage keeps the counts,
//! so all nodes count together. It stores keyed hashes of the names and addresses.
//!
//! The domain has the [rule](crate::domain::throttle::ThrottleRule) for the waiting time. Use cases call [`Throttle`].

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
