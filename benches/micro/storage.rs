//! The queries of busy requests on SQLite, with what makes users and sessions of their rows.

use std::{hint::black_box, time::Duration};

use chrono::TimeDelta;
use criterion::{BenchmarkId, Criterion, Throughput};
use gatehouse::{
    application::{
        paging::{PageLimit, UserFilter, UserPageRequest},
        ports::{IdentityReader, Transaction, UnitOfWork, UserReader},
    },
    domain::{
        secret::Secret,
        session::{AuthSession, AuthSessionId, ClientDetails, SessionLifetime},
        user::{Role, User},
    },
    infrastructure::persistence::{Database, DatabaseOptions, DatabaseUrl, Migrations, SeaOrmIdentityReader},
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::people::{NOW, user};

/// As many as the largest page holds.
const USERS: u8 = PageLimit::MAX as u8;

pub fn bench(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let database = runtime.block_on(open(&directory));
    let users = Vec::from_iter((0..USERS).map(|number| user(number, Role::User)));
    let secret = Secret::new([7; 32]);
    runtime.block_on(fill(&database, &users, &secret));

    bench_pages(criterion, &runtime, &database);
    bench_lookups(criterion, &runtime, &database, &users[0], &secret);
    runtime.block_on(database.close());
}

/// A page of one user costs what the query costs; each further one, its row and what is made of it.
fn bench_pages(criterion: &mut Criterion, runtime: &Runtime, database: &Database) {
    let reader: &dyn UserReader = database;
    let filter = UserFilter::default();

    let mut group = criterion.benchmark_group("storage/list_users");
    for limit in [1, PageLimit::MAX] {
        let page = UserPageRequest {
            limit: PageLimit::new(limit).unwrap(),
            ..UserPageRequest::default()
        };
        let listed = runtime.block_on(reader.list(&filter, &page)).unwrap();
        assert_eq!(listed.users.len(), limit as usize);
        group.throughput(Throughput::Elements(limit.into()));
        group.bench_with_input(BenchmarkId::from_parameter(limit), &page, |bencher, page| {
            bencher
                .to_async(runtime)
                .iter(async || reader.list(&filter, page).await.unwrap());
        });
    }
    group.finish();
}

fn bench_lookups(criterion: &mut Criterion, runtime: &Runtime, database: &Database, user: &User, secret: &Secret) {
    let identities = SeaOrmIdentityReader::new(database);
    let digest = secret.digest();
    assert!(runtime.block_on(identities.find_identity(&digest)).unwrap().is_some());
    let transaction = runtime.block_on(begin(database));

    let mut group = criterion.benchmark_group("storage");
    group.bench_function("find_identity", |bencher| {
        bencher
            .to_async(runtime)
            .iter(async || identities.find_identity(black_box(&digest)).await.unwrap());
    });
    group.bench_function("find_user_for_update", |bencher| {
        bencher.to_async(runtime).iter(async || {
            let found = transaction.users().find_by_id_for_update(black_box(user.id())).await;
            found.unwrap().unwrap()
        });
    });
    group.finish();
    runtime.block_on(transaction.commit()).unwrap();
}

async fn open(directory: &TempDir) -> Database {
    let url = format!("sqlite:{}", directory.path().join("gatehouse.db").display());
    let database = Database::connect(&DatabaseOptions {
        url: DatabaseUrl::parse(&url).unwrap(),
        read_url: None,
        create: true,
        max_connections: 1,
        acquire_timeout: Duration::from_secs(5),
        max_transaction_wait: Duration::from_secs(5),
        busy_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(5),
    })
    .await
    .unwrap();
    Migrations::new(&database).up().await.unwrap();
    database
}

/// Stores the users, and for the first of them a session that this secret opens.
async fn fill(database: &Database, users: &[User], secret: &Secret) {
    let session = AuthSession::begin(
        AuthSessionId::new(NOW, [0; 10]),
        users[0].id(),
        ClientDetails::default(),
        secret,
        &SessionLifetime::new(TimeDelta::hours(1), TimeDelta::days(1), 0.5).unwrap(),
        NOW,
    );
    let transaction = begin(database).await;
    for user in users {
        transaction.users().insert(user).await.unwrap();
    }
    transaction.sessions().insert(&session).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn begin(database: &Database) -> Box<dyn Transaction> {
    UnitOfWork::begin(database).await.unwrap()
}
