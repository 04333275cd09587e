use migration::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr};
use thiserror::Error;

use super::Database;

/// Brings the schema of a database to that of this program, and back.
#[derive(Debug)]
pub struct Migrations<'a> {
    database: &'a Database,
}

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name, which begins with its date.
    pub name: String,
    /// Whether the database has it.
    pub is_applied: bool,
}

/// The schema could not be brought to where it should be, or looked at.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// The database has a migration that this program does not know.
    #[error("the database was migrated by a newer version of this program: {0}")]
    Unknown(String),
    /// The database failed.
    #[error("the migration of the database failed: {0}")]
    Failed(DbErr),
}

impl<'a> Migrations<'a> {
    /// The migrations of `database`.
    pub fn new(database: &'a Database) -> Self {
        Self { database }
    }

    /// Every migration of this program, in order, and whether the database has it.
    ///
    /// # Errors
    /// [`MigrateError`] if the database fails, or has a migration that this program does not know.
    pub async fn status(&self) -> Result<Vec<MigrationState>, MigrateError> {
        states(self.database.reader()).await
    }

    /// The names of the migrations that the database does not have yet, in order.
    ///
    /// # Errors
    /// As for [`status`](Self::status).
    pub async fn pending(&self) -> Result<Vec<String>, MigrateError> {
        names(self.database.reader(), false).await
    }

    /// Applies what is pending, all of it or nothing, while every other process that wants to do the same waits. Returns
    /// the names of what was applied.
    ///
    /// # Errors
    /// [`MigrateError`] if a migration fails.
    pub async fn up(&self) -> Result<Vec<String>, MigrateError> {
        let transaction = self.database.begin_migration().await?;
        let pending = names(&transaction, false).await?;
        Migrator::up(&transaction, None).await?;
        transaction.commit().await?;
        Ok(pending)
    }

    /// Undoes the last `steps` migrations, all of them or none, together with the data in what they had added. Returns the
    /// names of what was undone.
    ///
    /// # Errors
    /// [`MigrateError`] if a migration cannot be undone.
    pub async fn down(&self, steps: u32) -> Result<Vec<String>, MigrateError> {
        let transaction = self.database.begin_migration().await?;
        let applied = names(&transaction, true).await?;
        Migrator::down(&transaction, Some(steps)).await?;
        transaction.commit().await?;
        Ok(applied.into_iter().rev().take(steps as usize).collect())
    }

    /// Drops every table with all data, and applies every migration; all of it or nothing.
    ///
    /// # Errors
    /// [`MigrateError`] if the database fails.
    pub async fn fresh(&self) -> Result<(), MigrateError> {
        let transaction = self.database.begin_migration().await?;
        Migrator::fresh(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn states(connection: &impl ConnectionTrait) -> Result<Vec<MigrationState>, MigrateError> {
    let migrations = Migrator::get_migration_with_status_read_only(connection).await?;
    Ok(migrations
        .iter()
        .map(|migration| MigrationState {
            name: migration.name().to_owned(),
            is_applied: migration.status() == MigrationStatus::Applied,
        })
        .collect())
}

async fn names(connection: &impl ConnectionTrait, is_applied: bool) -> Result<Vec<String>, MigrateError> {
    let states = states(connection).await?;
    let matching = states.into_iter().filter(|state| state.is_applied == is_applied);
    Ok(matching.map(|state| state.name).collect())
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        match error {
            // The migrator reports in this form what only the database has.
            DbErr::Custom(text) => Self::Unknown(text),
            error => Self::Failed(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use test_database::{DatabaseKind, apply, on_every_database};

    use super::*;
    use crate::infrastructure::persistence::testing::TestDatabase;

    async fn applied(database: &Database) -> usize {
        names(database.reader(), true).await.unwrap().len()
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn every_migration_goes_up_down_and_up_again(kind: DatabaseKind) {
        let database = TestDatabase::empty(kind).await;
        let migrations = Migrations::new(&database);

        let all = migrations.status().await.unwrap().len();
        assert_eq!(applied(&database).await, 0);
        for step in 1..=all {
            Migrator::up(database.writer(), Some(1)).await.unwrap();
            assert_eq!(migrations.down(1).await.unwrap().len(), 1);
            Migrator::up(database.writer(), Some(1)).await.unwrap();
            assert_eq!(applied(&database).await, step);
        }
        assert_eq!(migrations.up().await.unwrap(), Vec::<String>::new());
        assert_eq!(migrations.down(all as u32).await.unwrap().len(), all);
        assert_eq!(migrations.up().await.unwrap().len(), all);
        migrations.fresh().await.unwrap();
        assert_eq!(applied(&database).await, all);
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn of_many_who_migrate_at_once_one_does(kind: DatabaseKind) {
        let database = TestDatabase::empty(kind).await;
        let attempts = (0..8).map(|_| async {
            let other = Database::connect(database.options()).await.unwrap();
            Migrations::new(&other).up().await.unwrap().len()
        });
        let counts = futures_util::future::join_all(attempts).await;
        let all = applied(&database).await;
        assert_eq!(counts.iter().filter(|count| **count == all).count(), 1);
        assert_eq!(counts.iter().sum::<usize>(), all);
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_migration_that_fails_leaves_nothing_behind(kind: DatabaseKind) {
        let database = TestDatabase::empty(kind).await;
        let obstacle = "CREATE TABLE auth_sessions (id INTEGER)";
        database.writer().execute_unprepared(obstacle).await.unwrap();
        let migrations = Migrations::new(&database);
        assert!(matches!(migrations.up().await, Err(MigrateError::Failed(_))));
        assert_eq!(applied(&database).await, 0);

        database
            .writer()
            .execute_unprepared("DROP TABLE auth_sessions")
            .await
            .unwrap();
        assert!(migrations.up().await.is_ok());
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_database_of_a_newer_program_is_told_as_such(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        let migrations = Migrations::new(&database);
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_newer', 0)";
        database.writer().execute_unprepared(newer).await.unwrap();
        assert!(matches!(migrations.status().await, Err(MigrateError::Unknown(_))));
        assert!(matches!(migrations.up().await, Err(MigrateError::Unknown(_))));
    }
}
