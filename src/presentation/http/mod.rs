//! The HTTP side: controllers, and what lies between them and the wire.
//!
//! - Controllers, a file each with what it takes and answers: [`account`], [`users`], [`audit`], [`health`].
//! - What leads to them: [`app`](self::app()), [`middleware`], [`routes`].
//! - What they are made of: [`extract`] reads requests, with [`fields`] and [`cookies`]; [`respond`] answers success,
//!   and [`failure`] every error of a use case, as a [`Problem`] with a [`ProblemCode`].
//! - What tells of them: [`openapi`] and [`docs`], [`metrics`].
//! - What the server in `setup` is given: [`HttpSettings`], [`BodyWanted`], and [`Connections`] with each [`Connection`].
//!
//! A controller has no rules: it makes a request, calls one use case, and shows what that returns. Its JSON is its own,
//! so that a change of the core is seen here before clients see it.

mod account;
mod app;
mod audit;
mod body_wanted;
mod connection;
mod cookies;
mod docs;
pub mod extract;
mod failure;
mod fields;
mod health;
mod log_limit;
mod metrics;
pub mod middleware;
mod openapi;
mod problem;
mod problem_code;
pub mod respond;
mod routes;
mod settings;
mod shared_refusals;
mod users;

pub use app::app;
pub use body_wanted::BodyWanted;
pub use connection::{Connection, ConnectionLimits, Connections, StreamLimits};
pub use cookies::{CookieSettings, DeviceCookie, SessionCookie};
pub use extract::{ForwardingHeader, TrustedProxies};
pub use failure::{Failure, Refusal};
pub use fields::OrDefault;
pub use metrics::{ConnectionMetrics, RequestMetrics, metrics_app};
pub use openapi::document;
pub use problem::{FieldError, PROBLEM_JSON, Problem};
pub use problem_code::ProblemCode;
pub use settings::HttpSettings;
