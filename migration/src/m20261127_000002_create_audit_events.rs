use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of the columns by which events are found. Events with the same value are sorted by id.
const INDEXES: [(&str, AuditEvents); 2] = [
    ("ix_audit_events_actor_id_id", AuditEvents::ActorId),
    ("ix_audit_events_target_id_id", AuditEvents::TargetId),
];

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
                    .table(AuditEvents::Table)
                    // Sorts by time. No column references users, because events outlive users.
                    .col(ColumnDef::new(AuditEvents::Id).uuid().not_null().primary_key())
                    .col(
                        ColumnDef::new(AuditEvents::OccurredAt)
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .col(ColumnDef::new(AuditEvents::ActorKind).string_len(20).not_null())
                    .col(ColumnDef::new(AuditEvents::ActorId).uuid())
                    .col(ColumnDef::new(AuditEvents::Action).string_len(40).not_null())
                    .col(ColumnDef::new(AuditEvents::TargetId).uuid())
                    .col(ColumnDef::new(AuditEvents::Refusal).string_len(40))
                    .col(ColumnDef::new(AuditEvents::Count).big_integer().not_null())
                    // The length of an IPv6 address with an embedded IPv4 address.
                    .col(ColumnDef::new(AuditEvents::Address).string_len(45))
                    .col(ColumnDef::new(AuditEvents::RequestId).string_len(64))
                    .to_owned(),
            )
            .await?;
        for (name, column) in INDEXES {
            let mut index = Index::create();
            index
                .name(name)
                .table(AuditEvents::Table)
                .col(column)
                .col(AuditEvents::Id);
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(AuditEvents::Table).to_owned())
            .await
    }
}

#[derive(Clone, Copy, DeriveIden)]
enum AuditEvents {
    Table,
    Id,
    OccurredAt,
    ActorKind,
    ActorId,
    Action,
    TargetId,
    Refusal,
    Count,
    Address,
    RequestId,
}
