//! Where a server finds its data: a folder of its own, and a database of its own.

use std::{
    env, fs,
    path::Path,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::database::{Connection, Kind};

pub struct Place {
    folder: TempDir,
    url: String,
    runtime: Runtime,
    /// On PostgreSQL, where the database is dropped, and its name.
    to_drop: Option<(String, String)>,
}

impl Place {
    /// An empty database; on PostgreSQL, on the server that `TEST_POSTGRES_URL` names.
    pub fn new(kind: Kind) -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);

        let folder = tempfile::tempdir()?;
        fs::copy("config.toml", folder.path().join("config.toml")).context("run it in the root of the repository")?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        if kind == Kind::Sqlite {
            let url = format!("sqlite:{}", folder.path().join("gatehouse.db").display());
            return Ok(Self {
                folder,
                url,
                runtime,
                to_drop: None,
            });
        }
        let maintenance = env::var("TEST_POSTGRES_URL").context("TEST_POSTGRES_URL must name a PostgreSQL server")?;
        let name = format!(
            "gatehouse_bench_{}_{}",
            process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        runtime.block_on(execute(&maintenance, &format!("CREATE DATABASE {name}")))?;
        Ok(Self {
            folder,
            url: url_of(&maintenance, &name),
            runtime,
            to_drop: Some((maintenance, name)),
        })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn database_version(&self) -> Result<String> {
        self.with_connection(async |connection| match connection {
            Connection::Sqlite(_) => connection.text("SELECT sqlite_version()").await,
            Connection::Postgres(_) => connection.text("SHOW server_version").await,
        })
    }

    /// Does something on a connection of its own.
    pub fn with_connection<T>(&self, work: impl AsyncFnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.runtime.block_on(async {
            let mut connection = Connection::open(&self.url).await?;
            let result = work(&mut connection).await;
            connection.close().await?;
            result
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((maintenance, name)) = &self.to_drop {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            if let Err(error) = self.runtime.block_on(execute(maintenance, &drop)) {
                eprintln!("{name} is left behind: {error:#}");
            }
        }
    }
}

async fn execute(url: &str, sql: &str) -> Result<()> {
    let mut connection = Connection::open(url).await?;
    connection.execute(sql).await?;
    connection.close().await
}

/// The URL of another database on the same server, which is spoken to without TLS.
fn url_of(maintenance: &str, name: &str) -> String {
    let address = maintenance.split('?').next().unwrap_or_default();
    let server = match address.splitn(4, '/').collect::<Vec<_>>()[..] {
        [scheme, "", authority, ..] => format!("{scheme}//{authority}"),
        _ => address.to_owned(),
    };
    format!("{server}/{name}?sslmode=disable")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_made_beside_the_one_that_is_named() {
        let expected = "postgres://me:secret@host:5432/new?sslmode=disable";

        assert_eq!(
            url_of("postgres://me:secret@host:5432/old?sslmode=prefer", "new"),
            expected
        );
        assert_eq!(url_of("postgres://me:secret@host:5432", "new"), expected);
    }
}
