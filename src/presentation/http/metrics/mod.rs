//! Numbers for Prometheus: those of HTTP, and the page that shows all there are.

mod page;
mod requests;

pub use page::metrics_app;
pub(super) use requests::MeasuredRequest;
pub use requests::RequestMetrics;
