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
                    .table(OneTimeLinks::Table)
                    // A user has at most one.
                    .col(ColumnDef::new(OneTimeLinks::UserId).uuid().not_null().primary_key())
                    // The SHA-256 of the secret in the link, which identifies it.
                    .col(
                        ColumnDef::new(OneTimeLinks::SecretDigest)
                            .binary_len(32)
                            .not_null()
                            .unique_key(),
                    )
                    .col(ColumnDef::new(OneTimeLinks::Kind).string_len(20).not_null())
                    .col(
                        ColumnDef::new(OneTimeLinks::CreatedAt)
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .col(
                        ColumnDef::new(OneTimeLinks::ExpiresAt)
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_one_time_links_user_id")
                            .from(OneTimeLinks::Table, OneTimeLinks::UserId)
                            .to(Users::Table, Users::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_one_time_links_expires_at")
                    .table(OneTimeLinks::Table)
                    .col(OneTimeLinks::ExpiresAt)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(OneTimeLinks::Table).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum OneTimeLinks {
    Table,
    UserId,
    SecretDigest,
    Kind,
    CreatedAt,
    ExpiresAt,
}
