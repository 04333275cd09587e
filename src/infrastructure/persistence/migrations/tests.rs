use sea_orm::PaginatorTrait;
use test_database::{DatabaseKind, PostgresDatabase, apply, needs_postgres, on_every_database};
use url::Url;

use super::*;
use crate::infrastructure::persistence::{
    DatabaseOptions,
    entities::{auth_session, one_time_link, user},
    testing::TestDatabase,
};

async fn applied(database: &Database) -> usize {
    names(database.reader(), true).await.unwrap().len()
}

#[apply(on_every_database)]
#[tokio::test]
async fn every_migration_goes_up_down_and_up_again(kind: DatabaseKind) {
    let database = TestDatabase::empty(kind).await;
    let migrations = Migrations::new(&database);

    let all = migrations.status().await.unwrap().len();
    assert_eq!(applied(&database).await, 0);
    for step in 1..=all {
        Migrator::up(database.writer(), Some(1)).await.unwrap();
        assert_eq!(migrations.down(1).await.unwrap().len(), 1);
        Migrator::up(database.writer(), Some(1)).await.unwrap();
        assert_eq!(applied(&database).await, step);
    }
    assert_eq!(migrations.up().await.unwrap(), Vec::<String>::new());
    assert_eq!(migrations.down(all as u32).await.unwrap().len(), all);
    assert_eq!(migrations.up().await.unwrap().len(), all);
    migrations.fresh().await.unwrap();
    assert_eq!(applied(&database).await, all);
}

#[apply(on_every_database)]
#[tokio::test]
async fn of_many_who_migrate_at_once_one_does(kind: DatabaseKind) {
    let database = TestDatabase::empty(kind).await;
    let attempts = (0..8).map(|_| async {
        let other = Database::connect(database.options()).await.unwrap();
        Migrations::new(&other).up().await.unwrap().len()
    });
    let counts = futures_util::future::join_all(attempts).await;
    let all = applied(&database).await;
    assert_eq!(counts.iter().filter(|count| **count == all).count(), 1);
    assert_eq!(counts.iter().sum::<usize>(), all);
}

#[apply(needs_postgres)]
#[tokio::test]
async fn who_may_not_read_what_was_applied_is_not_told_that_nothing_was() {
    let place = PostgresDatabase::migrated();
    let owner = Database::connect(&DatabaseOptions::new(place.url())).await.unwrap();
    let grant = "GRANT USAGE ON SCHEMA public TO pg_monitor";
    owner.writer().execute_unprepared(grant).await.unwrap();
    let database = as_role(&place, "pg_monitor").await;
    let migrations = Migrations::new(&database);
    assert!(matches!(migrations.status().await, Err(MigrateError::Failed(_))));
    assert!(matches!(migrations.is_complete().await, Err(MigrateError::Failed(_))));
}

#[apply(needs_postgres)]
#[tokio::test]
async fn who_may_not_change_the_schema_is_not_refused_while_nothing_is_pending() {
    let place = PostgresDatabase::migrated();
    let database = as_role(&place, "pg_read_all_data").await;
    let migrations = Migrations::new(&database);
    assert_eq!(migrations.up().await.unwrap(), Vec::<String>::new());
    assert!(matches!(migrations.fresh().await, Err(MigrateError::Failed(_))));
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_behind(kind: DatabaseKind) {
    let database = TestDatabase::empty(kind).await;
    let obstacle = "CREATE TABLE auth_sessions (id INTEGER)";
    database.writer().execute_unprepared(obstacle).await.unwrap();
    let migrations = Migrations::new(&database);
    assert!(matches!(migrations.up().await, Err(MigrateError::Failed(_))));
    assert_eq!(applied(&database).await, 0);

    database
        .writer()
        .execute_unprepared("DROP TABLE auth_sessions")
        .await
        .unwrap();
    assert!(migrations.up().await.is_ok());
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_database_of_a_newer_program_is_told_as_such(kind: DatabaseKind) {
    let database = TestDatabase::migrated(kind).await;
    let migrations = Migrations::new(&database);
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_newer', 0)";
    database.writer().execute_unprepared(newer).await.unwrap();
    assert!(matches!(migrations.status().await, Err(MigrateError::Unknown(_))));
    assert!(matches!(migrations.up().await, Err(MigrateError::Unknown(_))));
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_database_itself_keeps_roles_names_and_references_sound(kind: DatabaseKind) {
    let database = TestDatabase::migrated(kind).await;
    let user = |id: u8, key: &str, role: u8| {
        let id = uuid(kind, id);
        let columns = "id, username, username_key, password_hash, role, is_active, created_at, updated_at";
        format!("INSERT INTO users ({columns}) VALUES ({id}, '{key}', '{key}', '', {role}, TRUE, '{START}', '{START}')")
    };
    let session = |id: u8, user: u8| {
        let (id, user, digest) = (uuid(kind, id), uuid(kind, user), format!("{id:064}"));
        let columns = "id, user_id, secret_digest, created_at, expires_at";
        format!("INSERT INTO auth_sessions ({columns}) VALUES ({id}, {user}, '{digest}', '{START}', '{START}')")
    };
    let accepts = async |statement: &str| database.writer().execute_unprepared(statement).await.is_ok();

    assert!(accepts(&user(1, "alice", 10)).await);
    assert!(!accepts(&user(2, "alice", 10)).await, "a name was given twice");
    assert!(!accepts(&user(2, "brian", 11)).await, "a role is unknown");
    assert!(accepts(&session(3, 1)).await);
    assert!(!accepts(&session(4, 2)).await, "a session is nobody's");

    let link = |number: u8, user: u8| {
        let (user, digest) = (uuid(kind, user), format!("{number:064}"));
        let columns = "user_id, secret_digest, kind, created_at, expires_at";
        format!("INSERT INTO one_time_links ({columns}) VALUES ({user}, '{digest}', 'recovery', '{START}', '{START}')")
    };
    assert!(accepts(&link(5, 1)).await);
    assert!(!accepts(&link(6, 1)).await, "a user has two links");
    assert!(!accepts(&link(7, 2)).await, "a link is nobody's");

    assert!(accepts("DELETE FROM users").await);
    let links = one_time_link::Entity::find().count(database.writer()).await.unwrap();
    assert_eq!(links, 0, "a link outlived its user");
    let sessions = auth_session::Entity::find().count(database.writer()).await.unwrap();
    assert_eq!(sessions, 0, "a session outlived its user");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_session_of_before_was_seen_when_it_began_and_an_old_node_still_begins_some(kind: DatabaseKind) {
    let database = TestDatabase::empty(kind).await;
    let before_last_seen_at = 3;
    Migrator::up(database.writer(), Some(before_last_seen_at))
        .await
        .unwrap();
    let insert = async |table: &str, values: String| {
        let statement = format!("INSERT INTO {table} VALUES ({values})");
        database.writer().execute_unprepared(&statement).await.unwrap();
    };
    let session = |id: u8| {
        let (id, user) = (uuid(kind, id), uuid(kind, 1));
        format!("{id}, {user}, {id}, '{START}', '{START}'")
    };
    let user = format!(
        "{}, 'alice', 'alice', '', 10, TRUE, '{START}', '{START}'",
        uuid(kind, 1)
    );
    insert("users", user).await;
    insert("auth_sessions", session(2)).await;

    Migrations::new(&database).up().await.unwrap();
    let found = auth_session::Entity::find().one(database.writer()).await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.last_seen_at, found.created_at);
    let seen = user::Entity::find().one(database.writer()).await.unwrap().unwrap();
    assert_eq!(seen.last_seen_at, Some(found.created_at), "and so was the user");

    let known = "auth_sessions (id, user_id, secret_digest, created_at, expires_at)";
    insert(known, session(3)).await;
    let all = auth_session::Entity::find().all(database.writer()).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[apply(needs_postgres)]
#[tokio::test]
async fn postgresql_keeps_ids_times_and_names_as_what_they_are() {
    let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
    let columns = "SELECT table_name || '.' || column_name || ' ' || data_type || coalesce(' ' || collation_name, '') \
        FROM information_schema.columns WHERE table_name IN ('users', 'auth_sessions', 'one_time_links') ORDER BY 1";
    let rows = database
        .writer()
        .query_all_raw(Statement::from_string(DbBackend::Postgres, columns))
        .await
        .unwrap();
    let columns: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(
        columns,
        [
            "auth_sessions.address character varying",
            "auth_sessions.created_at timestamp with time zone",
            "auth_sessions.expires_at timestamp with time zone",
            "auth_sessions.id uuid",
            "auth_sessions.last_seen_at timestamp with time zone",
            "auth_sessions.secret_digest bytea",
            "auth_sessions.user_agent character varying",
            "auth_sessions.user_id uuid",
            "one_time_links.created_at timestamp with time zone",
            "one_time_links.expires_at timestamp with time zone",
            "one_time_links.kind character varying",
            "one_time_links.secret_digest bytea",
            "one_time_links.user_id uuid",
            "users.created_at timestamp with time zone",
            "users.credentials_generation bigint",
            "users.id uuid",
            "users.is_active boolean",
            "users.last_seen_at timestamp with time zone",
            "users.password_hash character varying",
            "users.role smallint",
            "users.updated_at timestamp with time zone",
            "users.username character varying",
            "users.username_key character varying C",
        ]
    );
}

/// The database as a role with few rights sees it.
async fn as_role(place: &PostgresDatabase, role: &str) -> Database {
    let mut url = Url::parse(&place.url()).unwrap();
    url.query_pairs_mut().append_pair("options", &format!("-c role={role}"));
    Database::connect(&DatabaseOptions::new(url)).await.unwrap()
}

const START: &str = "2026-11-23 00:00:00+00:00";

/// An id as the database writes it down.
fn uuid(kind: DatabaseKind, number: u8) -> String {
    match kind {
        DatabaseKind::Sqlite => format!("x'{number:032x}'"),
        DatabaseKind::Postgres => format!("'{number:032x}'"),
    }
}
