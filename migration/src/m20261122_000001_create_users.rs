use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it, SQLite would keep part of an interrupted migration.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The key of the username: in lower case (ASCII only), unique, and compared by bytes in every locale.
        let mut username_key = ColumnDef::new(Users::UsernameKey);
        username_key.string_len(20).not_null().unique_key();
        if manager.get_database_backend() == DbBackend::Postgres {
            username_key.extra(r#"COLLATE "C""#);
        }
        manager
            .create_table(
                Table::create()
                    .table(Users::Table)
                    .col(ColumnDef::new(Users::Id).uuid().not_null().primary_key())
                    .col(ColumnDef::new(Users::Username).string_len(20).not_null())
                    .col(username_key)
                    .col(ColumnDef::new(Users::PasswordHash).string_len(255).not_null())
                    // The rank of the role, so that roles sort by it: 10 user, 20 admin, 30 super admin.
                    .col(
                        ColumnDef::new(Users::Role)
                            .small_integer()
                            .not_null()
                            .check(Expr::col(Users::Role).is_in([10, 20, 30])),
                    )
                    .col(ColumnDef::new(Users::IsActive).boolean().not_null())
                    .col(ColumnDef::new(Users::CreatedAt).timestamp_with_time_zone().not_null())
                    .col(ColumnDef::new(Users::UpdatedAt).timestamp_with_time_zone().not_null())
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Users::Table).to_owned()).await
    }
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
    Username,
    UsernameKey,
    PasswordHash,
    Role,
    IsActive,
    CreatedAt,
    UpdatedAt,
}
