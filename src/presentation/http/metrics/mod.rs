//! Numbers for Prometheus: those of HTTP, and the page that shows all there are. Others are counted where they arise,
//! and collected by `metrics` in [`setup`](crate::setup).

mod connections;
mod page;
mod requests;

pub use connections::ConnectionMetrics;
pub use page::metrics_app;
pub(super) use requests::MeasuredRequest;
pub use requests::RequestMetrics;
