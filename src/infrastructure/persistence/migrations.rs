use migration::{MigrationStatus, Migrator, MigratorTrait};
use sea_orm::DbErr;
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
#[error("the migration of the database failed")]
pub struct MigrateError(#[from] DbErr);

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
        let migrations = Migrator::get_migration_with_status_read_only(self.database.reader()).await?;
        Ok(migrations
            .iter()
            .map(|migration| MigrationState {
                name: migration.name().to_owned(),
                is_applied: migration.status() == MigrationStatus::Applied,
            })
            .collect())
    }

    /// Applies what is pending. Returns the names of what was.
    ///
    /// # Errors
    /// [`MigrateError`] if a migration fails; those before it stay applied.
    pub async fn up(&self) -> Result<Vec<String>, MigrateError> {
        let pending = self.names(false).await?;
        Migrator::up(self.database.writer(), None).await?;
        Ok(pending)
    }

    /// Undoes the last `steps` migrations, with all data that only they had room for. Returns the names of what was undone.
    ///
    /// # Errors
    /// [`MigrateError`] if a migration cannot be undone; those after it stay undone.
    pub async fn down(&self, steps: u32) -> Result<Vec<String>, MigrateError> {
        let applied = self.names(true).await?;
        Migrator::down(self.database.writer(), Some(steps)).await?;
        Ok(applied.into_iter().rev().take(steps as usize).collect())
    }

    /// Drops every table with all data, and applies every migration.
    ///
    /// # Errors
    /// [`MigrateError`] if the database fails.
    pub async fn fresh(&self) -> Result<(), MigrateError> {
        Ok(Migrator::fresh(self.database.writer()).await?)
    }

    async fn names(&self, is_applied: bool) -> Result<Vec<String>, MigrateError> {
        let states = self.status().await?;
        let matching = states.into_iter().filter(|state| state.is_applied == is_applied);
        Ok(matching.map(|state| state.name).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infrastructure::persistence::DatabaseOptions;

    async fn applied(migrations: &Migrations<'_>) -> usize {
        migrations.names(true).await.unwrap().len()
    }

    #[tokio::test]
    async fn every_migration_goes_up_down_and_up_again() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("gatehouse.db").display());
        let database = Database::connect(&DatabaseOptions::new(url)).await.unwrap();
        let migrations = Migrations::new(&database);

        let all = migrations.status().await.unwrap().len();
        assert_eq!(applied(&migrations).await, 0);
        for step in 1..=all {
            Migrator::up(database.writer(), Some(1)).await.unwrap();
            assert_eq!(migrations.down(1).await.unwrap().len(), 1);
            Migrator::up(database.writer(), Some(1)).await.unwrap();
            assert_eq!(applied(&migrations).await, step);
        }
        assert_eq!(migrations.up().await.unwrap(), Vec::<String>::new());
        assert_eq!(migrations.down(all as u32).await.unwrap().len(), all);
        assert_eq!(migrations.up().await.unwrap().len(), all);
        migrations.fresh().await.unwrap();
        assert_eq!(applied(&migrations).await, all);
    }
}
