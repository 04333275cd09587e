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
        // Both are nullable, because an older node, which does not know them, still writes events.
        for column in [
            // No foreign key, because events outlive sessions.
            ColumnDef::new(AuditEvents::SessionId).uuid().to_owned(),
            ColumnDef::new(AuditEvents::OperatorName).string_len(64).to_owned(),
        ] {
            let mut table = Table::alter();
            manager
                .alter_table(table.table(AuditEvents::Table).add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [AuditEvents::OperatorName, AuditEvents::SessionId] {
            let mut table = Table::alter();
            manager
                .alter_table(table.table(AuditEvents::Table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum AuditEvents {
    Table,
    SessionId,
    OperatorName,
}
