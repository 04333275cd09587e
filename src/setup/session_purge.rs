//! Expired sessions are purged in the background.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use crate::application::{
    commands::maintenance::{PurgeExpiredSessions, PurgeExpiredSessionsError},
    ports::{Random, RandomExt},
};

/// The first purge comes within this time, at random, so that nodes which start together do not purge together.
const FIRST_WITHIN: Duration = Duration::from_secs(10);

/// The time from one purge to the next.
const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// The time from one batch to the next, in which the database has nothing to do with it.
const PAUSE: Duration = Duration::from_millis(100);

/// Purges expired sessions now and then, for as long as it is waited for.
pub async fn purge_now_and_then(purge: &PurgeExpiredSessions, random: &dyn Random) -> Infallible {
    sleep(FIRST_WITHIN.mul_f64(fraction(random))).await;
    loop {
        let mut purged = 0;
        if let Err(error) = purge_all(purge, &mut purged).await {
            log::warn!(
                "expired sessions could not be purged for now: {:#}",
                anyhow::Error::from(error)
            );
        }
        if purged > 0 {
            log::info!("purged {purged} expired sessions");
        }
        sleep(INTERVAL).await;
    }
}

/// Purges batch by batch until none is left, and counts what is gone.
async fn purge_all(purge: &PurgeExpiredSessions, purged: &mut u64) -> Result<(), PurgeExpiredSessionsError> {
    loop {
        let batch = purge.execute().await?;
        *purged += batch;
        if batch < PurgeExpiredSessions::BATCH {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
}

/// A random number from 0 to 1.
fn fraction(random: &dyn Random) -> f64 {
    f64::from(u32::from_be_bytes(random.bytes())) / f64::from(u32::MAX)
}
