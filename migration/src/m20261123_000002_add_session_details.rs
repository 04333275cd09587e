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
        let mut last_seen_at = ColumnDef::new(AuthSessions::LastSeenAt);
        last_seen_at.timestamp_with_time_zone().not_null();
        // An older node, which does not know the column, can still insert sessions. SQLite accepts only a constant as
        // the default of an added column.
        match manager.get_database_backend() {
            DbBackend::Postgres => last_seen_at.default(Expr::current_timestamp()),
            _ => last_seen_at.default("1970-01-01T00:00:00+00:00"),
        };
        for column in [
            last_seen_at,
            // The length of an IPv6 address with an embedded IPv4 address.
            ColumnDef::new(AuthSessions::Address).string_len(45).to_owned(),
            ColumnDef::new(AuthSessions::UserAgent).string_len(256).to_owned(),
        ] {
            let mut table = Table::alter();
            manager
                .alter_table(table.table(AuthSessions::Table).add_column(column).to_owned())
                .await?;
        }
        let known = Query::update()
            .table(AuthSessions::Table)
            .value(AuthSessions::LastSeenAt, Expr::col(AuthSessions::CreatedAt))
            .to_owned();
        manager.execute(known).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [AuthSessions::UserAgent, AuthSessions::Address, AuthSessions::LastSeenAt] {
            let mut table = Table::alter();
            manager
                .alter_table(table.table(AuthSessions::Table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}

#[derive(DeriveIden)]
enum AuthSessions {
    Table,
    CreatedAt,
    LastSeenAt,
    Address,
    UserAgent,
}
