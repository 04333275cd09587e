//! Prometheus metrics of HTTP. Other metrics are counted where they arise, and collected by `metrics` in
//! [`setup`](crate::setup).

mod connections;
mod requests;

pub use connections::ConnectionMetrics;
pub(super) use requests::MeasuredRequest;
pub use requests::RequestMetrics;
