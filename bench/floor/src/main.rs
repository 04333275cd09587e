//! The least server that does the work of Gatehouse on the same tables: each handler speaks SQL, and nothing lies
//! between it and the wire. What Gatehouse costs more than this is the price of everything that it does besides.
//!
//! It is for the benchmark alone, and lacks what a server must have: it limits nothing, logs nothing, tells nobody the
//! cause of an error, and forgets its key with the process.

use std::{env, error::Error, num::NonZero, str::FromStr, thread, time::Duration};

use actix_web::{App, HttpServer, rt::System, web::Data};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sqlx::{
    Pool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Semaphore;

/// The handlers on SQLite, which has one writer at a time.
mod sqlite {
    type Db = sqlx::Sqlite;
    const BEGIN: &str = "BEGIN IMMEDIATE";
    const LOCKS_ROWS: bool = false;
    include!("handlers.rs");
}

/// The same source on PostgreSQL, for sqlx has no type that stands for both.
mod postgres {
    type Db = sqlx::Postgres;
    const BEGIN: &str = "BEGIN";
    const LOCKS_ROWS: bool = true;
    include!("handlers.rs");
}

/// As many connections as Gatehouse has by default.
const CONNECTIONS: u32 = 8;

/// What the handlers share.
struct Floor<DB: sqlx::Database> {
    writer: Pool<DB>,
    reader: Pool<DB>,
    encoding_key: EncodingKey,
    decoding_key: DecodingKey,
    bcrypt_cost: u32,
    /// One for each hash that may be computed at a time.
    hash_permits: Semaphore,
}

impl<DB: sqlx::Database> Floor<DB> {
    fn new(writer: Pool<DB>, reader: Pool<DB>) -> Result<Data<Self>, Box<dyn Error>> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Data::new(Self {
            writer,
            reader,
            encoding_key: EncodingKey::from_secret(&secret),
            decoding_key: DecodingKey::from_secret(&secret),
            bcrypt_cost: env::var("FLOOR_BCRYPT_COST")?.parse()?,
            hash_permits: Semaphore::new(thread::available_parallelism().map_or(1, NonZero::get)),
        }))
    }
}

fn sqlite(url: &str) -> Result<Data<Floor<sqlx::Sqlite>>, Box<dyn Error>> {
    let options = SqliteConnectOptions::from_str(url)?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = |size| {
        let pool = SqlitePoolOptions::new()
            .max_connections(size)
            .test_before_acquire(false);
        pool.connect_lazy_with(options.clone())
    };
    Floor::new(pool(1), pool(CONNECTIONS))
}

fn postgres(url: &str) -> Result<Data<Floor<sqlx::Postgres>>, Box<dyn Error>> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .test_before_acquire(false);
    let pool = pool.connect_lazy_with(PgConnectOptions::from_str(url)?);
    Floor::new(pool.clone(), pool)
}

/// Serves on `FLOOR_PORT` of the loopback, on the database `FLOOR_DATABASE_URL`, which Gatehouse has migrated; by
/// `FLOOR_WORKERS` threads, or one per core.
fn main() -> Result<(), Box<dyn Error>> {
    let url = env::var("FLOOR_DATABASE_URL")?;
    let address = ("127.0.0.1", env::var("FLOOR_PORT")?.parse()?);
    let workers = match env::var("FLOOR_WORKERS") {
        Ok(workers) => workers.parse()?,
        Err(_) => thread::available_parallelism()?.get(),
    };
    System::new().block_on(async {
        if url.starts_with("sqlite:") {
            let floor = sqlite(&url)?;
            let app = move || App::new().app_data(floor.clone()).configure(sqlite::mount);
            HttpServer::new(app).workers(workers).bind(address)?.run().await?;
        } else {
            let floor = postgres(&url)?;
            let app = move || App::new().app_data(floor.clone()).configure(postgres::mount);
            HttpServer::new(app).workers(workers).bind(address)?.run().await?;
        }
        Ok(())
    })
}
