use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // Without it, SQLite would keep part of an interrupted migration.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    // No index: PostgreSQL would write to every index of the table each time a user is seen.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut last_seen_at = ColumnDef::new(Users::LastSeenAt);
        last_seen_at.timestamp_with_time_zone();
        let mut table = Table::alter();
        manager
            .alter_table(table.table(Users::Table).add_column(last_seen_at).to_owned())
            .await?;
        // Users with a session were last seen when it was.
        let seen = Query::select()
            .expr(Expr::col(AuthSessions::LastSeenAt).max())
            .from(AuthSessions::Table)
            .and_where(Expr::col((AuthSessions::Table, AuthSessions::UserId)).equals((Users::Table, Users::Id)))
            .take();
        let users_with_sessions = Query::select()
            .column(AuthSessions::UserId)
            .from(AuthSessions::Table)
            .take();
        let update = Query::update()
            .table(Users::Table)
            .value(Users::LastSeenAt, SimpleExpr::SubQuery(None, Box::new(seen.into())))
            .and_where(Expr::col(Users::Id).in_subquery(users_with_sessions))
            .take();
        manager.execute(update).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        manager
            .alter_table(table.table(Users::Table).drop_column(Users::LastSeenAt).to_owned())
            .await
    }
}

#[derive(DeriveIden)]
enum Users {
    Table,
    Id,
    LastSeenAt,
}

#[derive(DeriveIden)]
enum AuthSessions {
    Table,
    UserId,
    LastSeenAt,
}
