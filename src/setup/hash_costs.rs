//! The highest cost of the stored password hashes, which the hasher has to know.

use std::{convert::Infallible, time::Duration};

use tokio::time::sleep;

use super::{configuration::PasswordConfig, peppers::number_of_users};
use crate::infrastructure::{
    persistence::{Database, count_users_above_hash_cost, highest_hash_cost},
    security::BcryptPasswordHasher,
};

/// The time from one look at the stored costs to the next.
const INTERVAL: Duration = Duration::from_secs(10 * 60);

/// Tells the hasher the highest cost of the stored hashes, and the operator if it is above the configured one.
///
/// # Errors
/// If the database fails.
pub async fn set_highest_hash_cost(
    config: &PasswordConfig,
    hasher: &BcryptPasswordHasher,
    database: &Database,
) -> anyhow::Result<()> {
    let Some(highest) = highest_hash_cost(database).await? else {
        return Ok(());
    };
    hasher.set_highest_stored_cost(highest);
    let configured = config.bcrypt_cost;
    if highest > configured {
        let users = number_of_users(count_users_above_hash_cost(configured, database).await?);
        log::warn!(
            "every log-in takes as long as one at bcrypt cost {highest} until {users} above \
             security.password.bcrypt_cost = {configured} have logged in or been given another password"
        );
    }
    Ok(())
}

/// Does so now and then, for as long as it is waited for: hashes are renewed, here and on other nodes.
pub async fn update_highest_hash_cost(hasher: &BcryptPasswordHasher, database: &Database) -> Infallible {
    loop {
        sleep(INTERVAL).await;
        match highest_hash_cost(database).await {
            Ok(highest) => hasher.set_highest_stored_cost(highest.unwrap_or_default()),
            Err(error) => log::warn!("the costs of stored password hashes could not be read for now: {error}"),
        }
    }
}
