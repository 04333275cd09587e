use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// Counts the connections of clients, and those closed or rejected at a limit.
#[derive(Clone, Default)]
pub struct ConnectionMetrics {
    open: Gauge,
    max: Gauge,
    closed: ByLimit,
    rejected: ByLimit,
}

/// Counters by the limit that was reached, `client` or `total`.
type ByLimit = Family<[(&'static str, &'static str); 1], Counter>;

impl ConnectionMetrics {
    /// Creates the metrics and registers them in `registry`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        let Self {
            open,
            max,
            closed,
            rejected,
        } = metrics.clone();
        registry.register("gatehouse_client_connections", "Open connections of clients", open);
        registry.register(
            "gatehouse_client_connections_max",
            "The most connections of clients that may be open at a time",
            max,
        );
        registry.register(
            "gatehouse_client_connections_closed",
            "Idle connections that were closed for new ones, by the limit that was reached",
            closed.clone(),
        );
        registry.register(
            "gatehouse_client_connections_rejected",
            "New connections that were closed at once, by the limit that was reached",
            rejected.clone(),
        );
        // Creates each counter, so that it is exported before its first event.
        for limit in ["client", "total"] {
            closed.get_or_create(&[("limit", limit)]).inc_by(0);
            rejected.get_or_create(&[("limit", limit)]).inc_by(0);
        }
        metrics
    }

    pub(in crate::presentation::http) fn set_open(&self, number: usize) {
        self.open.set(i64::try_from(number).unwrap_or(i64::MAX));
    }

    pub(in crate::presentation::http) fn set_max(&self, number: usize) {
        self.max.set(i64::try_from(number).unwrap_or(i64::MAX));
    }

    pub(in crate::presentation::http) fn count_closed(&self, limit: &'static str) {
        self.closed.get_or_create(&[("limit", limit)]).inc();
    }

    pub(in crate::presentation::http) fn count_rejected(&self, limit: &'static str) {
        self.rejected.get_or_create(&[("limit", limit)]).inc();
    }
}
