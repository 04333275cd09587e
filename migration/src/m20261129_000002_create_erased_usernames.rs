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
        manager
            .create_table(
                Table::create()
                    .table(ErasedUsernames::Table)
                    // A keyed hash of the username's key. No time and no id, which would lead back to the person.
                    .col(
                        ColumnDef::new(ErasedUsernames::Key)
                            .binary_len(32)
                            .not_null()
                            .primary_key(),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(ErasedUsernames::Table).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum ErasedUsernames {
    Table,
    Key,
}
