use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEX: &str = "ix_users_pepper_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it, SQLite would keep part of an interrupted migration.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // The first 16 characters of a password hash identify its pepper.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let create = format!("CREATE INDEX {INDEX} ON users (substr(password_hash, 1, 16))");
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
