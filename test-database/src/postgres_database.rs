use std::{
    env,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use url::Url;

use crate::client;

/// The first key of the advisory lock that each running test program holds. The second is the program's number.
const PROGRAM_LOCK: i32 = i32::from_be_bytes(*b"gate");

/// A separate PostgreSQL database for a test, on the server that `TEST_POSTGRES_URL` names.
///
/// Later tests reuse it and find it empty, because PostgreSQL takes longer to create and drop a database than most
/// tests run.
#[derive(Debug)]
pub struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    /// Returns a database without any table.
    #[expect(clippy::new_without_default, reason = "creating a database should be explicit")]
    pub fn new() -> Self {
        let name = idle().pop().unwrap_or_else(next_name);
        client::block_on(empty(&name));
        Self { name }
    }

    /// Returns a database to which every migration was applied.
    pub fn migrated() -> Self {
        let database = Self::new();
        client::block_on(async {
            let connection = client::connect(&database.url()).await;
            // One transaction is written to the disk only once.
            let transaction = connection.begin().await.unwrap();
            Migrator::up(&transaction, None).await.unwrap();
            transaction.commit().await.unwrap();
            connection.close().await.unwrap();
        });
        database
    }

    /// Returns the unique name of the database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the address of the database.
    pub fn url(&self) -> String {
        address(&self.name)
    }

    /// Closes all connections and rejects new ones, as if the server were gone.
    pub fn shut(&self) {
        let name = &self.name;
        let reject = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        let disconnect = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        client::block_on(async {
            client::execute(&server(), &reject).await;
            client::execute(&server(), &disconnect).await;
        });
    }

    /// Accepts connections again after [`shut`](Self::shut).
    pub fn reopen(&self) {
        let accept = format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name);
        client::block_on(client::execute(&server(), &accept));
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        idle().push(std::mem::take(&mut self.name));
    }
}

/// Returns the databases that this program has created and no test uses at the moment.
fn idle() -> MutexGuard<'static, Vec<String>> {
    static IDLE: Mutex<Vec<String>> = Mutex::new(Vec::new());
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the name of another database, which an earlier program may have left behind.
fn next_name() -> String {
    static PROGRAM: OnceLock<u32> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let program = PROGRAM.get_or_init(number_of_this_program);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("gatehouse_test_{program}_{count}")
}

/// Reserves the lowest number that no other running test program has.
fn number_of_this_program() -> u32 {
    let (sender, receiver) = mpsc::channel();
    let hold = async move {
        let transaction = client::connect(&server()).await.begin().await.unwrap();
        for number in 0.. {
            let question = format!("SELECT pg_try_advisory_xact_lock({PROGRAM_LOCK}, {number})");
            let question = Statement::from_string(transaction.get_database_backend(), question);
            let answer = transaction.query_one_raw(question).await.unwrap().unwrap();
            if answer.try_get_by_index(0).unwrap() {
                sender.send(number).unwrap();
                // The lock ends with the connection, and the connection with the program.
                return std::future::pending().await;
            }
        }
    };
    thread::spawn(|| client::block_on(hold));
    receiver.recv().unwrap()
}

/// Creates the database, or closes its connections and empties it.
async fn empty(name: &str) {
    let exists = format!("SELECT FROM pg_database WHERE datname = '{name}'");
    if !client::finds(&server(), &exists).await.unwrap() {
        return client::execute(&server(), &format!("CREATE DATABASE {name}")).await;
    }
    let restore = format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS true;
         ALTER DATABASE {name} RESET ALL;
         SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    client::execute(&server(), &restore).await;
    client::execute(&address(name), "DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
}

/// Returns the address of a database on the test server.
fn address(name: &str) -> String {
    let mut url = Url::parse(&server()).expect("TEST_POSTGRES_URL must be a URL");
    url.set_path(name);
    url.into()
}

/// Returns the address of the test server, by default without encryption.
///
/// Encryption takes a tenth of a second for each connection.
fn server() -> String {
    let server = env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL must name a PostgreSQL server");
    let mut url = Url::parse(&server).expect("TEST_POSTGRES_URL must be a URL");
    if !url.query_pairs().any(|(name, _)| name == "sslmode") {
        url.query_pairs_mut().append_pair("sslmode", "disable");
    }
    url.into()
}
