//! Metrics of the pools of connections.

use std::fmt;

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, metrics::MetricType};
use sea_orm::{DatabaseConnection, DbBackend, sqlx};

use super::Database;

impl Collector for Database {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut connections = encoder.encode_descriptor(
            "gatehouse_database_connections",
            "Open connections to the database, by pool, and whether they are used or idle.",
            None,
            MetricType::Gauge,
        )?;
        for (pool, connection) in self.pools() {
            let Usage { size, idle, .. } = Usage::of(connection);
            for (state, number) in [("idle", idle), ("used", size - idle)] {
                let labels = [("pool", pool), ("state", state)];
                connections.encode_family(&labels)?.encode_gauge(&number)?;
            }
        }
        let mut most = encoder.encode_descriptor(
            "gatehouse_database_connections_max",
            "The most connections to the database that there can be at a time, by pool.",
            None,
            MetricType::Gauge,
        )?;
        for (pool, connection) in self.pools() {
            most.encode_family(&[("pool", pool)])?
                .encode_gauge(&Usage::of(connection).max)?;
        }
        Ok(())
    }
}

/// The use of a pool, in connections.
struct Usage {
    size: usize,
    idle: usize,
    max: usize,
}

impl Usage {
    fn of(connection: &DatabaseConnection) -> Self {
        match connection.get_database_backend() {
            DbBackend::Postgres => Self::of_pool(connection.get_postgres_connection_pool()),
            _ => Self::of_pool(connection.get_sqlite_connection_pool()),
        }
    }

    fn of_pool<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> Self {
        let max = pool.options().get_max_connections();
        Self::new(pool.size() as usize, pool.num_idle(), max as usize)
    }

    /// The pool counts without a lock: `idle` can be above `size`, and wraps below zero for a moment if a connection is
    /// taken before it was counted.
    fn new(size: usize, idle: usize, max: usize) -> Self {
        Self {
            size,
            idle: idle.min(size),
            max,
        }
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::text::encode, registry::Registry};
    use test_database::{DatabaseKind, apply, needs_postgres, on_every_database};

    use super::{super::DatabaseOptions, *};
    use crate::infrastructure::persistence::testing::TestDatabase;

    #[test]
    fn a_count_that_wrapped_below_zero_does_not_fail_the_metrics() {
        let usage = Usage::new(4, 0_usize.wrapping_sub(1), 8);
        assert_eq!((usage.size, usage.idle), (4, 4));
    }

    fn told(database: &Database) -> String {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(database.clone()));
        let mut told = String::new();
        encode(&mut told, &registry).unwrap();
        told
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn a_connection_is_used_until_it_is_given_back(kind: DatabaseKind) {
        let database = TestDatabase::migrated(kind).await;
        let used = |number| format!("gatehouse_database_connections{{pool=\"writer\",state=\"used\"}} {number}\n");

        let transaction = database.begin().await.unwrap();
        assert!(told(&database).contains(&used(1)), "{}", told(&database));
        transaction.commit().await.unwrap();

        while !told(&database).contains(&used(0)) {
            tokio::task::yield_now().await;
        }
    }

    #[apply(needs_postgres)]
    #[tokio::test]
    async fn a_replica_has_a_pool_of_its_own() {
        let primary = TestDatabase::migrated(DatabaseKind::Postgres).await;
        let options = DatabaseOptions {
            read_url: Some(primary.options().url.clone()),
            max_connections: 3,
            ..primary.options().clone()
        };

        let told = told(&Database::connect(&options).await.unwrap());

        for pool in ["writer", "reader", "replica"] {
            let line = format!("gatehouse_database_connections_max{{pool=\"{pool}\"}} 3\n");
            assert!(told.contains(&line), "{told}");
        }
    }
}
