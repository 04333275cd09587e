//! REST, for programs.
//!
//! A controller has no rules: it makes a request, calls one use case, and shows what that returns. Its JSON is its own,
//! so that a change of the core is seen here before clients see it.
//!
//! The rooms, from the ground up; each names only those above it in this list:
//!
//! - [`request`], [`cookies`], [`metrics`], [`fields`] and [`json`]: what requests and answers are made of.
//! - [`connection`] and [`settings`].
//! - [`problem`]: error documents and their codes.
//! - [`describe`]: what extractors and responders tell the OpenAPI document. [`assets`]: files in the binary.
//! - [`failure`] and [`respond`]: from the error of a use case, or its result, to the answer.
//! - [`extract`]: what a controller can ask of a request. [`middleware`]: what happens to every request.
//! - [`account`], [`users`], [`audit`], [`health`]: the controllers, one to a file.
//! - [`routes`], then [`document`](mod@document), the OpenAPI document, and [`app`](mod@app).

mod account;
mod app;
mod assets;
mod audit;
mod connection;
mod cookies;
mod describe;
mod document;
mod extract;
mod failure;
mod fields;
mod health;
mod json;
mod log_limit;
mod metrics;
mod metrics_app;
mod middleware;
mod problem;
mod request;
mod respond;
mod routes;
mod settings;
mod users;

pub use app::app;
pub use connection::{Connection, ConnectionLimits, Connections, StreamLimits};
pub use cookies::CookieSettings;
pub use document::document;
pub use metrics::{ConnectionMetrics, RequestMetrics};
pub use metrics_app::metrics_app;
pub use request::{BodyWanted, ForwardingHeader, TrustedProxies, request_id};
pub use settings::HttpSettings;
