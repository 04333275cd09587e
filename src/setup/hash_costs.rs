//! The highest cost of the stored password hashes, which the hasher needs for equal times.

use super::{configuration::PasswordConfig, peppers::number_of_users};
use crate::infrastructure::{
    persistence::{Database, count_users_above_hash_cost, highest_hash_cost},
    security::BcryptPasswordHasher,
};

/// Passes the highest cost of the stored hashes to the hasher, and warns if it is above the configured one.
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

/// Passes the highest cost to the hasher again, because hashes are renewed, here and on other nodes.
pub async fn update_highest_hash_cost(hasher: &BcryptPasswordHasher, database: &Database) {
    match highest_hash_cost(database).await {
        Ok(highest) => hasher.set_highest_stored_cost(highest.unwrap_or_default()),
        Err(error) => log::warn!("the costs of stored password hashes could not be read for now: {error}"),
    }
}
