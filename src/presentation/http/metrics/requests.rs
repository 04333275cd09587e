use std::time::Duration;

use actix_web::{HttpRequest, dev::ServiceRequest, http::Method};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Upper bounds of the buckets for the duration of a request, in seconds: narrow where requests that read, change and hash
/// are.
const BUCKETS: [f64; 16] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// What stands for all methods and paths that a client can make up.
const OTHER: &str = "_OTHER";

/// What HTTP requests come to, by the names of the semantic conventions of OpenTelemetry.
#[derive(Clone)]
pub struct RequestMetrics {
    durations: Family<Labels, Histogram>,
    active: Gauge,
}

/// Of each, there are few: neither raw paths nor methods of a client's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    http_request_method: &'static str,
    http_route: String,
    http_response_status_code: u16,
}

/// A request at work.
pub struct MeasuredRequest {
    metrics: RequestMetrics,
    /// The template of its path, such as `/api/v1/users/{user_id}`.
    route: Option<String>,
}

impl RequestMetrics {
    /// Makes them part of `registry`.
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

    /// Counts a request that comes in. Its route is guessed by its path, for it may end before it is routed.
    pub fn begin(&self, request: &ServiceRequest) -> MeasuredRequest {
        self.active.inc();
        // The routes have no slash at their ends.
        let path = request.path().trim_end_matches('/');
        MeasuredRequest {
            metrics: self.clone(),
            route: request.resource_map().match_pattern(path),
        }
    }
}

impl MeasuredRequest {
    /// Takes the route from a request that was routed, if its path is written in an unusual way.
    pub fn routed(&mut self, request: &HttpRequest) {
        if self.route.is_none() {
            self.route = request.match_pattern();
        }
    }

    /// Counts the request as one that has ended.
    pub fn end(self, method: &Method, status: u16, duration: Duration) {
        self.metrics.active.dec();
        let labels = Labels {
            http_request_method: known(method),
            http_route: self.route.unwrap_or_else(|| OTHER.to_owned()),
            http_response_status_code: status,
        };
        let durations = self.metrics.durations.get_or_create(&labels);
        durations.observe(duration.as_secs_f64());
    }
}

/// The name of a method of RFC 9110 or 5789.
fn known(method: &Method) -> &'static str {
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
