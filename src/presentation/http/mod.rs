//! REST, for programs.
//!
//! A controller has no rules: it builds a request, calls one use case, and returns the result. It defines its own JSON
//! types, so that no change of the core reaches clients unnoticed.
//!
//! The modules, from the ground up. Each names only those above it in this list:
//!
//! - [`request`], [`cookies`], [`metrics`], [`fields`] and [`json`]: the parts of requests and answers.
//! - [`connection`], [`forward_auth`] and [`settings`].
//! - [`problem`]: error documents and their codes.
//! - [`describe`]: how extractors and responders document themselves in OpenAPI. [`assets`]: files in the binary.
//! - [`failure`] and [`respond`]: turn the error of a use case, or its result, into an answer.
//! - [`extract`]: the inputs of controllers. [`middleware`]: the steps that every request goes through.
//! - [`account`], [`users`], [`audit`], [`health`]: the controllers, one per file.
//! - [`routes`], then [`document`](mod@document), the OpenAPI document, and [`app`](mod@app).

mod account;
mod app;
mod assets;
mod audit;
mod connection;
pub(super) mod cookies;
mod describe;
mod document;
pub(super) mod extract;
pub(super) mod failure;
pub(super) mod fields;
mod forward_auth;
mod health;
mod json;
mod log_limit;
mod metrics;
mod metrics_app;
mod middleware;
pub(super) mod problem;
mod request;
mod respond;
mod routes;
mod settings;
mod users;

pub use app::app;
pub use connection::{Connection, ConnectionLimits, Connections, StreamLimits};
pub use cookies::{CookieSettings, PassCookieSettings};
pub use document::document;
pub use forward_auth::{Destination, ForwardAuth};
pub use metrics::{ConnectionMetrics, RequestMetrics};
pub use metrics_app::metrics_app;
pub use request::{BodyWanted, ForwardingHeader, TrustedProxies, request_id};
pub use settings::{ErrorPages, HttpSettings};
