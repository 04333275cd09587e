use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Statement,
    sea_query::{Alias, CommonTableExpression, LockBehavior, LockType, Query, WithClause},
};

use super::entities::{audit_event, auth_session, one_time_link, throttle_bucket};
use crate::application::{audit_trail::AuditEventId, ports::Expirable};

/// Deletes rows as [`Transaction::purge`](crate::application::ports::Transaction::purge) requires.
pub(super) async fn purge(
    what: Expirable,
    time: DateTime<Utc>,
    limit: u64,
    transaction: &impl ConnectionTrait,
) -> Result<u64, DbErr> {
    if !try_lock(what, transaction).await? {
        return Ok(0);
    }
    match what {
        Expirable::Sessions => {
            use auth_session::{Column, Entity};
            let expired = Entity::find().filter(Column::ExpiresAt.lte(time));
            delete(expired.order_by_asc(Column::ExpiresAt), Column::Id, limit, transaction).await
        }
        Expirable::Links => {
            use one_time_link::{Column, Entity};
            let expired = Entity::find().filter(Column::ExpiresAt.lte(time));
            delete(
                expired.order_by_asc(Column::ExpiresAt),
                Column::UserId,
                limit,
                transaction,
            )
            .await
        }
        Expirable::ThrottleBuckets => {
            use throttle_bucket::{Column, Entity};
            let expired = Entity::find().filter(Column::ExpiresAt.lte(time));
            delete(expired.order_by_asc(Column::ExpiresAt), Column::Key, limit, transaction).await
        }
        Expirable::AuditEvents => {
            use audit_event::{Column, Entity};
            let expired = Entity::find().filter(Column::Id.lt(AuditEventId::first_at(time).as_uuid()));
            delete(expired.order_by_asc(Column::Id), Column::Id, limit, transaction).await
        }
    }
}

/// Takes the right to purge until `transaction` ends, unless another process has it. Returns whether it did.
async fn try_lock(what: Expirable, transaction: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let backend = transaction.get_database_backend();
    if backend != DbBackend::Postgres {
        // SQLite has one transaction at a time that writes.
        return Ok(true);
    }
    let lock = i64::from_be_bytes(match what {
        Expirable::Sessions => *b"gatepurg",
        Expirable::Links => *b"gatelink",
        Expirable::ThrottleBuckets => *b"gatethro",
        Expirable::AuditEvents => *b"gateaudi",
    });
    let lock = Statement::from_string(backend, format!("SELECT pg_try_advisory_xact_lock({lock})"));
    let row = transaction.query_one_raw(lock).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
}

/// Deletes the first `limit` rows of `expired` that nobody has locked, identified by `key`. Returns their number.
async fn delete<E: EntityTrait>(
    expired: Select<E>,
    key: E::Column,
    limit: u64,
    transaction: &impl ConnectionTrait,
) -> Result<u64, DbErr> {
    let expired = expired
        .select_only()
        .column(key)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    // Materialized: PostgreSQL might run a subquery more than once, and exceed the limit.
    let name = Alias::new("expired");
    let mut keys = CommonTableExpression::new();
    keys.table_name(name.clone())
        .query(expired.into_query())
        .materialized(true);
    let mut delete = Query::delete();
    delete
        .from_table(E::default())
        .and_where(key.in_subquery(Query::select().column(key).from(name).take()));
    let delete = delete.with(WithClause::new().cte(keys).to_owned());
    Ok(transaction.execute(&delete).await?.rows_affected())
}
