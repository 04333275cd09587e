use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QuerySelect, QueryTrait, Select, Statement,
    sea_query::{Alias, CommonTableExpression, Query, WithClause},
};

/// What can be purged, each kind by one process at a time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purge {
    Sessions,
    ThrottleBuckets,
    AuditEvents,
}

impl Purge {
    /// Deletes the rows that `expired` selects, told apart by `key`, unless another process purges the same. Returns how many
    /// there were.
    ///
    /// # Errors
    /// [`DbErr`] if the database fails.
    pub(super) async fn delete<E: EntityTrait>(
        self,
        expired: Select<E>,
        key: E::Column,
        transaction: &impl ConnectionTrait,
    ) -> Result<u64, DbErr> {
        if !self.try_lock(transaction).await? {
            return Ok(0);
        }
        // Materialized: a subquery PostgreSQL might run more than once, and exceed the limit.
        let name = Alias::new("expired");
        let mut keys = CommonTableExpression::new();
        keys.table_name(name.clone())
            .query(expired.select_only().column(key).into_query())
            .materialized(true);
        let mut delete = Query::delete();
        delete
            .from_table(E::default())
            .and_where(key.in_subquery(Query::select().column(key).from(name).take()));
        let delete = delete.with(WithClause::new().cte(keys).to_owned());
        Ok(transaction.execute(&delete).await?.rows_affected())
    }

    /// Takes the right to purge until `transaction` ends, unless another process has it. Returns whether it did; where
    /// transactions that write come one at a time, always.
    async fn try_lock(self, transaction: &impl ConnectionTrait) -> Result<bool, DbErr> {
        let backend = transaction.get_database_backend();
        if backend != DbBackend::Postgres {
            return Ok(true);
        }
        let lock = format!("SELECT pg_try_advisory_xact_lock({})", self.lock());
        let row = transaction.query_one_raw(Statement::from_string(backend, lock)).await?;
        row.map_or(Ok(false), |row| row.try_get_by_index(0))
    }

    /// The advisory lock that a process holds while it purges a PostgreSQL database, in ASCII.
    fn lock(self) -> i64 {
        i64::from_be_bytes(match self {
            Self::Sessions => *b"gatepurg",
            Self::ThrottleBuckets => *b"gatethro",
            Self::AuditEvents => *b"gateaudi",
        })
    }
}
