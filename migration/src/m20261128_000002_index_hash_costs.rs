use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEX: &str = "ix_users_hash_cost";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it, SQLite would keep part of an interrupted migration.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // After the pepper, a bcrypt hash names its cost in two digits: `$2b$12$`.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let create = format!("CREATE INDEX {INDEX} ON users (substr(password_hash, 21, 2))");
        manager.get_connection().execute_unprepared(&create).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name(INDEX).table(Users::Table).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum Users {
    Table,
}
