use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables whose rows change each time a user is seen.
const TABLES: [&str; 2] = ["users", "auth_sessions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // PostgreSQL writes to no index if a change touches no indexed column, and the row's new version fits in its page.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        alter_tables(manager, "SET (fillfactor = 90)").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        alter_tables(manager, "RESET (fillfactor)").await
    }
}

async fn alter_tables(manager: &SchemaManager<'_>, change: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        for table in TABLES {
            let alter = format!("ALTER TABLE {table} {change}");
            manager.get_connection().execute_unprepared(&alter).await?;
        }
    }
    Ok(())
}
