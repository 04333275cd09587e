//! Compares the configured peppers with those of the stored passwords.

use anyhow::bail;

use super::configuration::PasswordConfig;
use crate::infrastructure::{
    persistence::{Database, MOST_COUNTED, count_users_of_pepper, peppers_in_use},
    security::pepper_id,
};

/// Requires every pepper that stored password hashes name.
///
/// Logs how many users still need a former one, and how many a lost one shuts out.
///
/// # Errors
/// If the database fails, or a pepper is neither configured nor declared lost.
pub async fn require_peppers(config: &PasswordConfig, database: &Database) -> anyhow::Result<()> {
    let configured = Vec::from_iter(config.pepper.iter().map(pepper_id));
    for (number, id) in (1..).zip(&configured).skip(1) {
        let users = users_of(id, database).await?;
        log::info!("number {number} of security.password.pepper, of the id {id}, is needed by {users}");
    }

    let mut missing = Vec::new();
    for id in peppers_in_use(database).await? {
        if configured.contains(&id) {
            continue;
        }
        let users = users_of(&id, database).await?;
        if config.lost_peppers.contains(&id) {
            log::warn!("the lost pepper of the id {id} shuts out {users}: `gatehouse set-password` lets in again");
        } else {
            missing.push(format!("that of the id {id}, needed by {users}"));
        }
    }
    if !missing.is_empty() {
        bail!(
            "security.password.pepper lacks one with which passwords were hashed: {}. Put it back, behind the first. \
             If it is lost for good, add its id to security.password.lost_peppers, and give these users other \
             passwords with `gatehouse set-password`",
            missing.join("; ")
        );
    }
    Ok(())
}

async fn users_of(id: &str, database: &Database) -> anyhow::Result<String> {
    Ok(number_of_users(count_users_of_pepper(id, database).await?))
}

/// Formats a number of users, which are counted up to [`MOST_COUNTED`].
pub fn number_of_users(number: u64) -> String {
    match number {
        0 => "no user".to_owned(),
        1 => "1 user".to_owned(),
        MOST_COUNTED => format!("{MOST_COUNTED} users or more"),
        number => format!("{number} users"),
    }
}
