use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::OnceLock,
};

use migration::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use url::Url;

use crate::client;

/// Whoever looks after the template holds this advisory lock, so that test programs that run at once do not collide.
const TEMPLATE_LOCK: i64 = i64::from_be_bytes(*b"template");

/// A PostgreSQL database of a test's own, on the server that `TEST_POSTGRES_URL` names; dropped with this.
#[derive(Debug)]
pub struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    /// Makes a database without any table.
    #[expect(
        clippy::new_without_default,
        reason = "a database should not come into being by the way"
    )]
    pub fn new() -> Self {
        Self::of(String::new())
    }

    /// Makes a database to which every migration was applied, as a copy of a template, which is quick.
    pub fn migrated() -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| client::block_on(ensure_template()));
        Self::of(format!("TEMPLATE {template}"))
    }

    fn of(options: String) -> Self {
        let name = format!("gatehouse_test_{:016x}", getrandom::u64().unwrap());
        let statement = format!("CREATE DATABASE {name} {options}");
        client::block_on(client::execute(&server(), &statement));
        Self { name }
    }

    /// The address of the database.
    pub fn url(&self) -> String {
        address(&self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        client::block_on(client::execute(&server(), &statement));
    }
}

/// Sees to it that the template is there, and returns its name, which tells the migrations in it apart from others.
async fn ensure_template() -> String {
    let name = format!("gatehouse_template_{:016x}", fingerprint_of_migrations());
    let connection = client::connect(&server()).await;
    let run = async |statement: String| connection.execute_unprepared(&statement).await.unwrap();

    run(format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})")).await;
    // It becomes a template for PostgreSQL when it is complete.
    let is_complete = format!("SELECT FROM pg_database WHERE datname = '{name}' AND datistemplate");
    if !client::finds(&server(), &is_complete).await.unwrap() {
        run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(format!("CREATE DATABASE {name}")).await;
        let template = client::connect(&address(&name)).await;
        Migrator::up(&template, None).await.unwrap();
        template.close().await.unwrap();
        run(format!(
            "ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false"
        ))
        .await;
    }
    connection.close().await.unwrap();
    name
}

fn fingerprint_of_migrations() -> u64 {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migration/src");
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

/// The address of the database of this name on the server of the tests.
fn address(name: &str) -> String {
    let mut url = Url::parse(&server()).expect("TEST_POSTGRES_URL must be a URL");
    url.set_path(name);
    url.into()
}

/// The address of the server of the tests.
fn server() -> String {
    env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL must name a PostgreSQL server")
}
