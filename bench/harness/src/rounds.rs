//! Measures in rounds, so that what else the machine does meets everybody alike.

use anyhow::Result;
use serde::Serialize;

use crate::{
    scenario::{Measurement, Pressure, Scenario},
    server::Server,
    statistics::{Spread, median},
};

/// The rounds of one server.
#[derive(Debug, Default, Serialize)]
pub struct Series(Vec<Measurement>);

/// A server against another one, in the same rounds.
#[derive(Debug, Serialize)]
pub struct Versus {
    pub base: Series,
    pub other: Series,
    /// Requests per second of the other for one of the base, round by round.
    pub throughput: Spread,
    /// CPU time of the other for that of the base, round by round.
    pub cpu: Spread,
}

impl Series {
    pub fn measure(scenario: &Scenario, server: &Server, pressure: Pressure, rounds: u32) -> Result<Self> {
        let measured = (0..rounds).map(|_| scenario.measure(server, pressure));
        Ok(Self(measured.collect::<Result<_>>()?))
    }

    pub fn median(&self, of: impl Fn(&Measurement) -> f64) -> f64 {
        median(&self.values(of))
    }

    fn values(&self, of: impl Fn(&Measurement) -> f64) -> Vec<f64> {
        self.0.iter().map(of).collect()
    }
}

impl Versus {
    /// Each round measures both, now the one first, now the other.
    pub fn measure(
        scenario: &Scenario,
        base: &Server,
        other: &Server,
        pressure: Pressure,
        rounds: u32,
    ) -> Result<Self> {
        let (mut bases, mut others) = (Series::default(), Series::default());
        for round in 0..rounds {
            let mut turns = [(base, &mut bases), (other, &mut others)];
            if round % 2 == 1 {
                turns.reverse();
            }
            for (server, series) in turns {
                series.0.push(scenario.measure(server, pressure)?);
            }
        }
        let ratios = |of: fn(&Measurement) -> f64| Spread::of_ratios(&others.values(of), &bases.values(of));
        Ok(Self {
            throughput: ratios(|measurement| measurement.requests_per_second),
            cpu: ratios(|measurement| measurement.cpu_us),
            base: bases,
            other: others,
        })
    }
}
