use std::time::Duration;

use actix_web::{HttpRequest, dev::ServiceRequest, http::Method};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper bounds of the buckets for the duration of a request, in seconds.
///
/// They are narrow in the typical ranges of requests that read, write and hash.
const BUCKETS: [f64; 16] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The label for unknown methods and paths.
const OTHER: &str = "_OTHER";

/// Measures HTTP requests, with the names of the semantic conventions of OpenTelemetry.
#[derive(Clone)]
pub struct RequestMetrics {
    durations: Family<Labels, Histogram>,
    active: Gauge,
}

/// Labels with few values each: no raw paths, and no methods that a client made up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    http_request_method: &'static str,
    http_route: String,
    http_response_status_code: u16,
}

/// A request in flight.
pub struct MeasuredRequest {
    metrics: RequestMetrics,
    /// The template of its path, such as `/api/v1/users/{user_id}`.
    route: Option<String>,
}

impl RequestMetrics {
    /// Creates the metrics and registers them in `registry`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            active: Gauge::default(),
        };
        registry.register_with_unit(
            "http_server_request_duration",
            "Time from the head of a request to that of its answer, by method, route and status",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        registry.register(
            "http_server_active_requests",
            "Requests that are being answered",
            metrics.active.clone(),
        );
        metrics
    }

    /// Counts a new request. Its route is guessed from its path, because it may end before it is routed.
    pub fn begin(&self, request: &ServiceRequest) -> MeasuredRequest {
        self.active.inc();
        // The routes have no trailing slash.
        let path = request.path().trim_end_matches('/');
        MeasuredRequest {
            metrics: self.clone(),
            route: request.resource_map().match_pattern(path),
        }
    }
}

impl MeasuredRequest {
    /// Sets the route from the routed request, if it could not be guessed from the path.
    pub fn routed(&mut self, request: &HttpRequest) {
        if self.route.is_none() {
            self.route = request.match_pattern();
        }
    }

    /// Records the end of the request.
    pub fn end(self, method: &Method, status: u16, duration: Duration) {
        self.metrics.active.dec();
        let labels = Labels {
            http_request_method: method_label(method),
            http_route: self.route.unwrap_or_else(|| OTHER.to_owned()),
            http_response_status_code: status,
        };
        let durations = self.metrics.durations.get_or_create(&labels);
        durations.observe(duration.as_secs_f64());
    }
}

/// Returns the name of a method of RFC 9110 or 5789, or [`OTHER`].
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => OTHER,
    }
}
