use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it, SQLite would keep part of an interrupted migration.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut generation = ColumnDef::new(Users::CredentialsGeneration);
        // An older node, which does not know the column, can still create users.
        generation.big_integer().not_null().default(0);
        let mut table = Table::alter();
        manager
            .alter_table(table.table(Users::Table).add_column(generation).to_owned())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        manager
            .alter_table(
                table
                    .table(Users::Table)
                    .drop_column(Users::CredentialsGeneration)
                    .to_owned(),
            )
            .await
    }
}

#[derive(DeriveIden)]
enum Users {
    Table,
    CredentialsGeneration,
}
