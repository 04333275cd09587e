//! The background jobs of the server.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use super::{adapters::Adapters, hash_costs::update_highest_hash_cost, metrics::PurgedRows, use_cases::UpkeepUseCases};
use crate::{
    application::{
        commands::maintenance::PurgeExpired,
        ports::{Expirable, RandomExt, StorageError},
    },
    infrastructure::persistence::Database,
};

/// Upper bound of the random delay before the first purge, so that nodes which start together do not purge together.
const FIRST_PURGE_WITHIN: Duration = Duration::from_secs(10);

const PURGE_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Pause between two batches of a purge, in which the database has nothing to do with it.
const PAUSE: Duration = Duration::from_millis(100);

const REFUSALS_INTERVAL: Duration = Duration::from_secs(1);

const HASH_COST_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Runs every background job at its interval until the future is dropped.
pub async fn run_jobs(
    use_cases: &UpkeepUseCases,
    adapters: &Adapters,
    database: &Database,
    rows: &PurgedRows,
) -> Infallible {
    let fraction = f64::from(u32::from_be_bytes(adapters.random.bytes())) / f64::from(u32::MAX);
    let first_purge = FIRST_PURGE_WITHIN.mul_f64(fraction);
    let purge = async || purge(&use_cases.purge_expired, rows).await;
    let write_refusals = async || log_if_lost(use_cases.write_refusals.execute().await);
    let update_hash_cost = async || update_highest_hash_cost(&adapters.password_hasher, database).await;
    let (never, ..) = tokio::join!(
        repeat(first_purge, PURGE_INTERVAL, purge),
        repeat(REFUSALS_INTERVAL, REFUSALS_INTERVAL, write_refusals),
        repeat(HASH_COST_INTERVAL, HASH_COST_INTERVAL, update_hash_cost),
    );
    never
}

/// Writes the remaining refusals at the end of the process.
pub async fn write_last_refusals(use_cases: &UpkeepUseCases) {
    log_if_lost(use_cases.write_refusals.finish().await);
}

async fn repeat(first: Duration, interval: Duration, job: impl AsyncFn()) -> Infallible {
    sleep(first).await;
    loop {
        job().await;
        sleep(interval).await;
    }
}

fn log_if_lost(outcome: Result<(), StorageError>) {
    if let Err(error) = outcome {
        log::error!("the audit trail could not be written: {:#}", anyhow::Error::from(error));
    }
}

/// Purges expired rows of every kind and counts them.
async fn purge(purge_expired: &PurgeExpired, rows: &PurgedRows) {
    for what in Expirable::ALL {
        let mut purged = 0;
        let name = what.name();
        if let Err(error) = purge_all(purge_expired, what, &mut purged).await {
            let error = anyhow::Error::from(error);
            log::warn!("expired {name} could not be purged for now: {error:#}");
        }
        rows.add(what, purged);
        if purged > 0 {
            log::info!("purged {purged} expired {name}");
        }
    }
}

/// Purges batch by batch until none is left, and adds up the removed rows.
async fn purge_all(purge_expired: &PurgeExpired, what: Expirable, purged: &mut u64) -> Result<(), StorageError> {
    loop {
        let batch = purge_expired.execute(what).await?;
        *purged += batch;
        if batch < PurgeExpired::BATCH {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}
