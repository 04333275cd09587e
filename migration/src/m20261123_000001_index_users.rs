use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of the columns by which users are sorted. The id breaks ties.
const INDEXES: [(&str, Users); 4] = [
    ("ix_users_role_id", Users::Role),
    ("ix_users_is_active_id", Users::IsActive),
    ("ix_users_created_at_id", Users::CreatedAt),
    ("ix_users_updated_at_id", Users::UpdatedAt),
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
            index.name(name).table(Users::Table).col(column).col(Users::Id);
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
    Id,
    Role,
    IsActive,
    CreatedAt,
    UpdatedAt,
}
