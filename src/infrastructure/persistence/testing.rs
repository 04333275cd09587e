//! Databases for tests.

use std::ops::Deref;

use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sea_query::{PostgresQueryBuilder, QueryBuilder, Values},
};
use tempfile::TempDir;
use test_database::{DatabaseKind, PostgresDatabase};

use super::{Database, DatabaseOptions, Migrations};

/// An open database of a test's own.
pub(super) struct TestDatabase {
    database: Database,
    options: DatabaseOptions,
    _place: Place,
}

/// What goes with the test.
enum Place {
    Sqlite(#[expect(dead_code, reason = "it is held, not read")] TempDir),
    Postgres(#[expect(dead_code, reason = "it is held, not read")] PostgresDatabase),
}

impl TestDatabase {
    /// A database without any table.
    pub(super) async fn empty(kind: DatabaseKind) -> Self {
        match kind {
            DatabaseKind::Sqlite => Self::in_file().await,
            DatabaseKind::Postgres => Self::on_server(PostgresDatabase::new()).await,
        }
    }

    /// A database to which every migration was applied.
    pub(super) async fn migrated(kind: DatabaseKind) -> Self {
        match kind {
            DatabaseKind::Sqlite => {
                let database = Self::in_file().await;
                Migrations::new(&database).up().await.unwrap();
                database
            }
            DatabaseKind::Postgres => Self::on_server(PostgresDatabase::migrated()).await,
        }
    }

    /// How to open the database once more.
    pub(super) fn options(&self) -> &DatabaseOptions {
        &self.options
    }

    /// The plan that the database makes for a statement by its text alone, as it would among many rows.
    pub(super) async fn plan(&self, statement: impl FnOnce(DbBackend) -> Statement) -> String {
        let transaction = self.begin().await.unwrap().inner;
        let backend = transaction.get_database_backend();
        let statement = statement(backend);
        let (explain, column) = match backend {
            DbBackend::Postgres => {
                let Statement { sql, values, .. } = &statement;
                // So few rows it would rather read from end to end.
                let prepare = format!(
                    "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan; \
                     PREPARE planned AS {sql}"
                );
                transaction.execute_unprepared(&prepare).await.unwrap();
                let values = values.iter().flat_map(|Values(values)| values);
                let values = Vec::from_iter(values.map(|value| PostgresQueryBuilder.value_to_string(value)));
                let values = (!values.is_empty()).then(|| format!("({})", values.join(", ")));
                let execute = format!("EXPLAIN EXECUTE planned {}", values.unwrap_or_default());
                (execute, "QUERY PLAN")
            }
            _ => (format!("EXPLAIN QUERY PLAN {statement}"), "detail"),
        };
        let plan = transaction
            .query_all_raw(Statement::from_string(backend, explain))
            .await
            .unwrap();
        if backend == DbBackend::Postgres {
            transaction.execute_unprepared("DEALLOCATE planned").await.unwrap();
        }
        let lines = plan.iter().map(|row| row.try_get::<String>("", column).unwrap());
        Vec::from_iter(lines).join("\n")
    }

    async fn in_file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("gatehouse.db").display());
        Self::open(url, Place::Sqlite(directory)).await
    }

    async fn on_server(place: PostgresDatabase) -> Self {
        Self::open(place.url(), Place::Postgres(place)).await
    }

    async fn open(url: String, place: Place) -> Self {
        let options = DatabaseOptions::new(url);
        Self {
            database: Database::connect(&options).await.unwrap(),
            options,
            _place: place,
        }
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}
