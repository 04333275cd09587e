use migration::{Migrator, MigratorTrait, seaql_migrations};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryOrder, Statement};
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
    /// The database has migrations that this program does not know: a newer version migrated it.
    #[error(
        "the database has migrations that this program does not know: {}; run a version of Gatehouse that knows them",
        .0.join(", ")
    )]
    Unknown(Vec<String>),
    /// The database failed.
    #[error("the database failed: {0}")]
    Failed(DbErr),
}

impl From<DbErr> for MigrateError {
    // Not as its source: the text holds that already.
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
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

    /// Whether the database has every migration of this program, whatever else it has.
    ///
    /// # Errors
    /// [`MigrateError::Failed`] if the database fails.
    pub async fn is_complete(&self) -> Result<bool, MigrateError> {
        let applied = applied(self.database.reader()).await?;
        let migrations = Migrator::migrations();
        Ok(migrations
            .iter()
            .all(|migration| applied.iter().any(|name| name == migration.name())))
    }

    /// Applies what is pending, all of it or nothing, while every other process that wants to do the same waits. Returns
    /// the names of what was applied.
    ///
    /// # Errors
    /// [`MigrateError`] if a migration fails.
    pub async fn up(&self) -> Result<Vec<String>, MigrateError> {
        let transaction = self.database.begin_migration().await?;
        let pending = names(&transaction, false).await?;
        // The migrator changes the schema even then, and whoever only serves may lack that right.
        if !pending.is_empty() {
            Migrator::up(&transaction, None).await?;
        }
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
    let applied = applied(connection).await?;
    let known = Vec::from_iter(
        Migrator::migrations()
            .iter()
            .map(|migration| migration.name().to_owned()),
    );
    let unknown = Vec::from_iter(applied.iter().filter(|name| !known.contains(name)).cloned());
    if !unknown.is_empty() {
        return Err(MigrateError::Unknown(unknown));
    }
    let states = known.into_iter().map(|name| MigrationState {
        is_applied: applied.contains(&name),
        name,
    });
    Ok(states.collect())
}

async fn names(connection: &impl ConnectionTrait, is_applied: bool) -> Result<Vec<String>, MigrateError> {
    let states = states(connection).await?;
    let matching = states.into_iter().filter(|state| state.is_applied == is_applied);
    Ok(matching.map(|state| state.name).collect())
}

/// The names of all migrations that the database has, in order.
async fn applied(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = connection.get_database_backend();
    // The information schema would not show a table that the role may not read, as if nothing had been applied yet.
    let table = match backend {
        DbBackend::Sqlite => "SELECT 1 FROM sqlite_master WHERE name = 'seaql_migrations'",
        _ => "SELECT 1 FROM pg_class WHERE oid = to_regclass('seaql_migrations')",
    };
    let table = Statement::from_string(backend, table);
    if connection.query_one_raw(table).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version);
    let rows = rows.all(connection).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

#[cfg(test)]
mod tests;
