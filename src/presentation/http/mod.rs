//! The HTTP side: controllers, and what lies between them and the wire.

mod account;
mod app;
mod audit;
mod connection;
mod cookie_header;
mod cors;
mod cross_site;
mod device_cookie;
mod docs;
pub mod extract;
mod failure;
mod health;
mod metrics;
pub mod middleware;
mod openapi;
mod or_default;
mod password;
mod problem;
mod problem_code;
mod query_param;
pub mod respond;
mod routes;
mod session_cookie;
mod settings;
mod shared_refusals;
mod trusted_proxies;
mod users;

pub use self::{
    app::app,
    connection::Connection,
    device_cookie::DeviceCookie,
    failure::{Failure, Refusal},
    metrics::{RequestMetrics, metrics_app},
    openapi::document,
    or_default::OrDefault,
    problem::{FieldError, PROBLEM_JSON, Problem},
    problem_code::ProblemCode,
    session_cookie::{CookieSettings, SessionCookie},
    settings::HttpSettings,
    trusted_proxies::{ForwardingHeader, TrustedProxies},
};
