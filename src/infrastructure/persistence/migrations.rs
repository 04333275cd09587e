use migration::{Migrator, MigratorTrait, seaql_migrations};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryOrder, Statement};
use thiserror::Error;

use super::Database;

/// Migrates the schema of a database, and back.
#[derive(Debug)]
pub struct Migrations<'a> {
    database: &'a Database,
}

/// A migration, applied or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// The name, which begins with the date.
    pub name: String,
    /// Whether the database has the migration.
    pub is_applied: bool,
}

/// Why the schema was not migrated or read.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// A newer version of this program has migrated the database.
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
    // The text includes the source.
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

impl<'a> Migrations<'a> {
    /// Migrates `database`.
    pub fn new(database: &'a Database) -> Self {
        Self { database }
    }

    /// Returns every migration of this program, in order.
    pub async fn status(&self) -> Result<Vec<MigrationState>, MigrateError> {
        states(self.database.reader()).await
    }

    /// Returns the names of the migrations that are not applied, in order.
    pub async fn pending(&self) -> Result<Vec<String>, MigrateError> {
        names(self.database.reader(), false).await
    }

    /// Returns whether the database has every migration of this program, and possibly others.
    pub async fn is_complete(&self) -> Result<bool, MigrateError> {
        let applied = applied(self.database.reader()).await?;
        let migrations = Migrator::migrations();
        Ok(migrations
            .iter()
            .all(|migration| applied.iter().any(|name| name == migration.name())))
    }

    /// Applies all pending migrations or none, one process at a time. Returns their names.
    pub async fn up(&self) -> Result<Vec<String>, MigrateError> {
        let transaction = self.database.begin_migration().await?;
        let pending = names(&transaction, false).await?;
        // Otherwise the migrator would change the schema, too, which the role of a server may lack the right to do.
        if !pending.is_empty() {
            Migrator::up(&transaction, None).await?;
        }
        transaction.commit().await?;
        Ok(pending)
    }

    /// Undoes the last `steps` migrations or none, with the data in what they had added. Returns their names.
    pub async fn down(&self, steps: u32) -> Result<Vec<String>, MigrateError> {
        let transaction = self.database.begin_migration().await?;
        let applied = names(&transaction, true).await?;
        Migrator::down(&transaction, Some(steps)).await?;
        transaction.commit().await?;
        Ok(applied.into_iter().rev().take(steps as usize).collect())
    }

    /// Drops every table with all data and applies every migration, or does nothing.
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

/// Returns the names of all applied migrations, in order.
async fn applied(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = connection.get_database_backend();
    // The information schema does not show a table that the role may not read, so it would seem that none is applied.
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
