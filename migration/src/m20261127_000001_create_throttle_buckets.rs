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
                    .table(ThrottleBuckets::Table)
                    // A keyed hash of the subject that is counted.
                    .col(
                        ColumnDef::new(ThrottleBuckets::Key)
                            .binary_len(32)
                            .not_null()
                            .primary_key(),
                    )
                    .col(ColumnDef::new(ThrottleBuckets::Failures).big_integer().not_null())
                    .col(
                        ColumnDef::new(ThrottleBuckets::LastAt)
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .col(
                        ColumnDef::new(ThrottleBuckets::ExpiresAt)
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_throttle_buckets_expires_at")
                    .table(ThrottleBuckets::Table)
                    .col(ThrottleBuckets::ExpiresAt)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(ThrottleBuckets::Table).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum ThrottleBuckets {
    Table,
    Key,
    Failures,
    LastAt,
    ExpiresAt,
}
