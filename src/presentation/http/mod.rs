//! The HTTP side: controllers, and what lies between them and the wire.

mod account;
mod app;
mod audit;
mod connection;
mod cookies;
mod docs;
pub mod extract;
mod failure;
mod fields;
mod health;
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
pub use connection::Connection;
pub use cookies::{CookieSettings, DeviceCookie, SessionCookie};
pub use extract::{ForwardingHeader, TrustedProxies};
pub use failure::{Failure, Refusal};
pub use fields::OrDefault;
pub use metrics::{RequestMetrics, metrics_app};
pub use openapi::document;
pub use problem::{FieldError, PROBLEM_JSON, Problem};
pub use problem_code::ProblemCode;
pub use settings::HttpSettings;
