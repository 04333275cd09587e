use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{Database, MigrateError, Migrations};
use crate::application::ports::{NotReady, ReadinessProbe};

/// Asks the database, at most once a second however many ask the probe.
#[derive(Debug)]
pub struct DatabaseReadinessProbe {
    database: Database,
    max_age: Duration,
    last: Mutex<Option<(Instant, Result<(), NotReady>)>>,
}

impl DatabaseReadinessProbe {
    /// Probes `database`.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            max_age: Duration::from_secs(1),
            last: Mutex::new(None),
        }
    }

    async fn ask(&self) -> Result<(), NotReady> {
        match Migrations::new(&self.database).pending().await {
            Ok(pending) if pending.is_empty() => Ok(()),
            Ok(_) | Err(MigrateError::Unknown(_)) => Err(NotReady::Migrations),
            Err(error @ MigrateError::Failed(_)) => {
                log::warn!("not ready: {error}");
                Err(NotReady::Database)
            }
        }
    }
}

#[async_trait]
impl ReadinessProbe for DatabaseReadinessProbe {
    async fn check(&self) -> Result<(), NotReady> {
        let mut last = self.last.lock().await;
        match *last {
            Some((asked_at, answer)) if asked_at.elapsed() < self.max_age => answer,
            _ => {
                let answer = self.ask().await;
                *last = Some((Instant::now(), answer));
                answer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infrastructure::persistence::DatabaseOptions;

    async fn database() -> (tempfile::TempDir, Database) {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("gatehouse.db").display());
        (directory, Database::connect(&DatabaseOptions::new(url)).await.unwrap())
    }

    #[tokio::test]
    async fn a_migrated_database_is_ready() {
        let (_directory, database) = database().await;
        Migrations::new(&database).up().await.unwrap();
        assert_eq!(DatabaseReadinessProbe::new(&database).check().await, Ok(()));
    }

    #[tokio::test]
    async fn pending_migrations_are_told_and_the_answer_is_kept_for_a_while() {
        let (_directory, database) = database().await;
        let probe = DatabaseReadinessProbe {
            max_age: Duration::MAX,
            ..DatabaseReadinessProbe::new(&database)
        };
        assert_eq!(probe.check().await, Err(NotReady::Migrations));
        Migrations::new(&database).up().await.unwrap();
        assert_eq!(probe.check().await, Err(NotReady::Migrations));
        assert_eq!(DatabaseReadinessProbe::new(&database).check().await, Ok(()));
    }

    #[tokio::test]
    async fn a_database_that_is_gone_is_told() {
        let (_directory, database) = database().await;
        database.clone().close().await;
        assert_eq!(
            DatabaseReadinessProbe::new(&database).check().await,
            Err(NotReady::Database)
        );
    }
}
