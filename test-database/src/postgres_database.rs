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

/// Test programs that run at once each hold an advisory lock with this as its first key, and their number as its second.
const PROGRAM_LOCK: i32 = i32::from_be_bytes(*b"gate");

/// A PostgreSQL database of a test's own, on the server that `TEST_POSTGRES_URL` names.
///
/// It is left to the tests that follow, who find it empty: to make a database and to drop it, PostgreSQL writes hundreds of
/// files to the disk and waits for it, which takes longer than most tests.
#[derive(Debug)]
pub struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    /// A database without any table.
    #[expect(
        clippy::new_without_default,
        reason = "a database should not come into being by the way"
    )]
    pub fn new() -> Self {
        let name = idle().pop().unwrap_or_else(next_name);
        client::block_on(empty(&name));
        Self { name }
    }

    /// A database to which every migration was applied.
    pub fn migrated() -> Self {
        let database = Self::new();
        client::block_on(async {
            let connection = client::connect(&database.url()).await;
            // All at once, it is written to the disk once.
            let transaction = connection.begin().await.unwrap();
            Migrator::up(&transaction, None).await.unwrap();
            transaction.commit().await.unwrap();
            connection.close().await.unwrap();
        });
        database
    }

    /// The name of the database, which no other has.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        address(&self.name)
    }

    /// Lets nobody in any more, and throws everyone out: to those who use the database, the server is gone.
    pub fn shut(&self) {
        let name = &self.name;
        let refuse = format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        client::block_on(async {
            client::execute(&server(), &refuse).await;
            client::execute(&server(), &end).await;
        });
    }

    /// Lets those in again who were [shut](Self::shut) out.
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

/// The databases that this program has made and that no test uses at the moment.
fn idle() -> MutexGuard<'static, Vec<String>> {
    static IDLE: Mutex<Vec<String>> = Mutex::new(Vec::new());
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name of another database, perhaps left behind by an earlier program.
fn next_name() -> String {
    static PROGRAM: OnceLock<u32> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let program = PROGRAM.get_or_init(number_of_this_program);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("gatehouse_test_{program}_{count}")
}

/// The least number that no other program has that runs tests on the server. It is this one's until it ends.
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

/// Sees to it that there is a database of this name, that nobody uses it, and that nothing is in it.
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

/// The address of the database of this name on the server of the tests.
fn address(name: &str) -> String {
    let mut url = Url::parse(&server()).expect("TEST_POSTGRES_URL must be a URL");
    url.set_path(name);
    url.into()
}

/// The address of the server of the tests, without encryption unless it asks for it: each connection would take a tenth
/// of a second.
fn server() -> String {
    let server = env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL must name a PostgreSQL server");
    let mut url = Url::parse(&server).expect("TEST_POSTGRES_URL must be a URL");
    if !url.query_pairs().any(|(name, _)| name == "sslmode") {
        url.query_pairs_mut().append_pair("sslmode", "disable");
    }
    url.into()
}
