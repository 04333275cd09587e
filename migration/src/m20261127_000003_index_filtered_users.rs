use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of the columns by which users are filtered. Users with the same value are sorted by name.
const INDEXES: [(&str, Users); 2] = [
    ("ix_users_role_username_key", Users::Role),
    ("ix_users_is_active_username_key", Users::IsActive),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it, SQLite would keep part of an interrupted migration.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in INDEXES {
            let mut index = Index::create();
            index.name(name).table(Users::Table).col(column).col(Users::UsernameKey);
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager
                .drop_index(Index::drop().name(name).table(Users::Table).to_owned())
                .await?;
        }
        Ok(())
    }
}

#[derive(Clone, Copy, DeriveIden)]
enum Users {
    Table,
    UsernameKey,
    Role,
    IsActive,
}
