//! One connection to either kind of database.

use std::str::FromStr;

use anyhow::Result;
use serde::Serialize;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, PgConnection, SqliteConnection,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

/// The kind of database that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

pub enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A database on disk.
#[derive(Debug, Serialize)]
pub struct DiskSize {
    pub bytes: u64,
    /// On PostgreSQL: the tables of users and sessions, and their indexes.
    pub relations: Vec<Relation>,
}

#[derive(Debug, Serialize)]
pub struct Relation {
    pub name: String,
    pub bytes: u64,
}

impl Connection {
    /// Opens what a URL of Gatehouse's form names. A file of SQLite is not waited for to reach the disk.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?.synchronous(SqliteSynchronous::Off);
            Self::Sqlite(options.connect().await?)
        } else {
            let options = PgConnectOptions::from_str(url)?.ssl_mode(PgSslMode::Disable);
            Self::Postgres(options.connect().await?)
        })
    }

    pub async fn execute(&mut self, sql: &str) -> Result<()> {
        let sql = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(connection) => sqlx::raw_sql(sql).execute(connection).await.map(drop)?,
            Self::Postgres(connection) => sqlx::raw_sql(sql).execute(connection).await.map(drop)?,
        }
        Ok(())
    }

    /// The one text that a query gives.
    pub async fn text(&mut self, sql: &'static str) -> Result<String> {
        Ok(match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_one(connection).await?,
            Self::Postgres(connection) => sqlx::query_scalar(sql).fetch_one(connection).await?,
        })
    }

    pub async fn disk_size(&mut self) -> Result<DiskSize> {
        const FILE: &str = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        const DATABASE: &str = "SELECT pg_database_size(current_database())";
        const RELATIONS: &str = "SELECT relname::text AS name, pg_table_size(pg_class.oid) AS bytes \
             FROM pg_class LEFT JOIN pg_index ON indexrelid = pg_class.oid \
             WHERE coalesce(indrelid, pg_class.oid) IN ('users'::regclass, 'auth_sessions'::regclass) \
             ORDER BY coalesce(indrelid, pg_class.oid), relkind DESC, name";
        let (bytes, relations): (i64, Vec<(String, i64)>) = match self {
            Self::Sqlite(connection) => (sqlx::query_scalar(FILE).fetch_one(connection).await?, Vec::new()),
            Self::Postgres(connection) => (
                sqlx::query_scalar(DATABASE).fetch_one(&mut *connection).await?,
                sqlx::query_as(RELATIONS).fetch_all(connection).await?,
            ),
        };
        let relations = relations.into_iter().map(|(name, bytes)| Relation {
            name,
            bytes: bytes.cast_unsigned(),
        });
        Ok(DiskSize {
            bytes: bytes.cast_unsigned(),
            relations: relations.collect(),
        })
    }

    pub async fn close(self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }
}
