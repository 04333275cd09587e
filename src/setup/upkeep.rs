//! What the server does in the background: refusals are written down, and what has expired is purged.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use super::metrics::PurgedRows;
use crate::application::{
    commands::maintenance::{PurgeExpired, PurgeExpiredError, WriteRefusals, WriteRefusalsError},
    ports::{Expirable, Random, RandomExt},
};

/// The first purge comes within this time, at random, so that nodes which start together do not purge together.
const FIRST_PURGE_WITHIN: Duration = Duration::from_secs(10);

/// The time from one purge to the next.
const PURGE_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// The time from one batch to the next, in which the database has nothing to do with it.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a refusal waits to be written, at the most.
const REFUSALS_INTERVAL: Duration = Duration::from_secs(1);

/// Writes refusals to the audit trail now and then, for as long as it is waited for.
pub async fn write_refusals_now_and_then(write_refusals: &WriteRefusals) -> Infallible {
    loop {
        sleep(REFUSALS_INTERVAL).await;
        tell_if_lost(write_refusals.execute().await);
    }
}

/// Writes the refusals that are left, at the end of the process.
pub async fn write_last_refusals(write_refusals: &WriteRefusals) {
    tell_if_lost(write_refusals.finish().await);
}

fn tell_if_lost(outcome: Result<(), WriteRefusalsError>) {
    if let Err(error) = outcome {
        log::error!("the audit trail could not be written: {:#}", anyhow::Error::from(error));
    }
}

/// Purges what has expired now and then, and counts it, for as long as it is waited for.
pub async fn purge_now_and_then(purge: &PurgeExpired, random: &dyn Random, rows: &PurgedRows) -> Infallible {
    sleep(FIRST_PURGE_WITHIN.mul_f64(fraction(random))).await;
    loop {
        for what in Expirable::ALL {
            let mut purged = 0;
            let name = what.name();
            if let Err(error) = purge_all(purge, what, &mut purged).await {
                let error = anyhow::Error::from(error);
                log::warn!("expired {name} could not be purged for now: {error:#}");
            }
            rows.add(what, purged);
            if purged > 0 {
                log::info!("purged {purged} expired {name}");
            }
        }
        sleep(PURGE_INTERVAL).await;
    }
}

/// Purges batch by batch until none is left, and counts what is gone.
async fn purge_all(purge: &PurgeExpired, what: Expirable, purged: &mut u64) -> Result<(), PurgeExpiredError> {
    loop {
        let batch = purge.execute(what).await?;
        *purged += batch;
        if batch < PurgeExpired::BATCH {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

/// A random number from 0 to 1.
fn fraction(random: &dyn Random) -> f64 {
    f64::from(u32::from_be_bytes(random.bytes())) / f64::from(u32::MAX)
}
