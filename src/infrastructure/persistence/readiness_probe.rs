use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::{Database, Migrations};
use crate::application::ports::{NotReady, ReadinessProbe};

/// Queries the database, at most once a second.
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

    async fn query(&self) -> Result<(), NotReady> {
        match Migrations::new(&self.database).is_complete().await {
            // More migrations do no harm: while nodes are replaced one by one, the older ones go on serving.
            Ok(true) => Ok(()),
            Ok(false) => Err(NotReady::Migrations),
            Err(error) => {
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
                let answer = self.query().await;
                *last = Some((Instant::now(), answer));
                answer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait;
    use test_database::{DatabaseKind, apply, on_every_database};

    use super::*;
    use crate::infrastructure::persistence::testing::TestDatabase;

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_migrated_database_is_ready(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        assert_eq!(DatabaseReadinessProbe::new(&database).check().await, Ok(()));
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn pending_migrations_are_told_and_the_answer_is_kept_for_a_while(kind: DatabaseKind) {
        let database = TestDatabase::empty(kind).await;
        let probe = DatabaseReadinessProbe {
            max_age: Duration::MAX,
            ..DatabaseReadinessProbe::new(&database)
        };
        assert_eq!(probe.check().await, Err(NotReady::Migrations));
        Migrations::new(&database).up().await.unwrap();
        assert_eq!(probe.check().await, Err(NotReady::Migrations));
        assert_eq!(DatabaseReadinessProbe::new(&database).check().await, Ok(()));
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_database_that_a_newer_program_migrated_is_ready_for_those_who_serve_already(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_newer', 0)";
        database.writer().execute_unprepared(newer).await.unwrap();
        assert_eq!(DatabaseReadinessProbe::new(&database).check().await, Ok(()));
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_database_that_is_gone_is_told(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        Database::clone(&database).close().await;
        assert_eq!(
            DatabaseReadinessProbe::new(&database).check().await,
            Err(NotReady::Database)
        );
    }
}
