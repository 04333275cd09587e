use std::sync::Arc;

use super::adapters::Adapters;
use crate::application::{
    audit::{Audit, Refusals},
    audit_trail::OperatorName,
    commands::Registration,
    throttle::{AbandonedAttempts, ChangeBudget, Throttle},
};

/// What several use cases share, built on the adapters.
pub struct Services {
    pub refusals: Arc<Refusals>,
    pub audit: Arc<Audit>,
    pub throttle: Arc<Throttle>,
    pub registration: Arc<Registration>,
}

impl Services {
    /// Builds every service on the adapters, for an operator of that name if it is for one.
    pub fn new(adapters: &Adapters, operator: Option<OperatorName>) -> Self {
        let refusals = Arc::<Refusals>::default();
        Self {
            audit: Arc::new(Audit {
                refusals: refusals.clone(),
                clock: adapters.clock.clone(),
                random: adapters.random.clone(),
                operator,
            }),
            refusals,
            throttle: Arc::new(Throttle {
                policy: adapters.throttle_policy,
                unit_of_work: adapters.unit_of_work.clone(),
                keys: adapters.throttle_keys.clone(),
                device_tokens: adapters.device_tokens.clone(),
                changes: ChangeBudget::default(),
                abandoned: AbandonedAttempts::default(),
                clock: adapters.clock.clone(),
            }),
            registration: Arc::new(Registration {
                password_hasher: adapters.password_hasher.clone(),
                password_policy: adapters.password_policy,
                clock: adapters.clock.clone(),
                random: adapters.random.clone(),
            }),
        }
    }
}
