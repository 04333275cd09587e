//! Metrics of the hasher.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::gauge::ConstGauge,
    registry::Unit,
};

use super::BcryptPasswordHasher;

impl Collector for BcryptPasswordHasher {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut encode = |name, help, unit: Option<&Unit>, metric: &dyn EncodeMetric| {
            metric.encode(encoder.encode_descriptor(name, help, unit, metric.metric_type())?)
        };
        encode(
            "gatehouse_password_hashes_running",
            "Password hashes that are being computed.",
            None,
            &ConstGauge::new(self.queue.running()),
        )?;
        encode(
            "gatehouse_password_hashes_waiting",
            "Requests that wait for their turn to hash.",
            None,
            &ConstGauge::new(self.queue.waiting()),
        )?;
        encode(
            "gatehouse_password_hashes_refused",
            "Requests that were refused because their turn to hash would not have come in time.",
            None,
            &self.refusals,
        )?;
        encode(
            "gatehouse_password_hash_duration",
            "Time that a password hash took, without the wait for its turn.",
            Some(&Unit::Seconds),
            &self.durations,
        )
    }
}
