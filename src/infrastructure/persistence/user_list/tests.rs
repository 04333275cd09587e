//! How the databases go about the list. SQLite knows nothing of how many users have which value.

use rstest::rstest;
use sea_orm::ConnectionTrait;
use test_database::{DatabaseKind, apply, needs_postgres};

use super::*;
use crate::{
    application::{paging::PageOffset, ports::Transaction, testing::user},
    domain::user::UserId,
    infrastructure::persistence::testing::TestDatabase,
};

const FIELDS: [UserSortingField; 5] = [
    UserSortingField::Username,
    UserSortingField::Role,
    UserSortingField::IsActive,
    UserSortingField::CreatedAt,
    UserSortingField::UpdatedAt,
];

/// How many of the [`plans`] are by name, which come first.
const BY_NAME: usize = 4;

/// How the first page is read and how a later one, by every field in both directions.
async fn plans(filter: &UserFilter) -> Vec<String> {
    let database = TestDatabase::migrated(DatabaseKind::Sqlite).await;
    let mut plans = Vec::new();
    for field in FIELDS {
        for sorting_order in [SortingOrder::Ascending, SortingOrder::Descending] {
            for start in [first(field), UserPageStart::After(later(field))] {
                let request = UserPageRequest {
                    start,
                    sorting_order,
                    ..UserPageRequest::default()
                };
                plans.push(plan(&database, filter, &request).await);
            }
        }
    }
    plans
}

fn first(field: UserSortingField) -> UserPageStart {
    at(field, 0)
}

fn at(sorting_field: UserSortingField, offset: u32) -> UserPageStart {
    UserPageStart::Offset {
        sorting_field,
        offset: PageOffset::new(offset).unwrap(),
    }
}

fn later(field: UserSortingField) -> UserCursor {
    let key = match field {
        UserSortingField::Username => UserSortingKey::Username("alice".to_owned()),
        UserSortingField::Role => UserSortingKey::Role(Role::User),
        UserSortingField::IsActive => UserSortingKey::IsActive(true),
        UserSortingField::CreatedAt => UserSortingKey::CreatedAt(chrono::DateTime::UNIX_EPOCH),
        UserSortingField::UpdatedAt => UserSortingKey::UpdatedAt(chrono::DateTime::UNIX_EPOCH),
    };
    let id = UserId::new(chrono::DateTime::UNIX_EPOCH, [0; 10]);
    UserCursor { key, id }
}

/// The steps of the page itself, without those of the count.
async fn plan(database: &TestDatabase, filter: &UserFilter, request: &UserPageRequest) -> String {
    let mut explain = page(filter, request, DbBackend::Sqlite);
    explain.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
    let rows = database.reader().query_all_raw(explain).await.unwrap();
    let outermost = rows.iter().filter(|row| row.try_get::<i32>("", "parent").unwrap() == 0);
    let steps = outermost.map(|row| row.try_get::<String>("", "detail").unwrap());
    Vec::from_iter(steps).join("; ")
}

fn filter(role: Option<Role>, is_active: Option<bool>, prefix: &str) -> UserFilter {
    UserFilter {
        role,
        is_active,
        username: Some(UsernamePrefix::new(prefix).unwrap()),
        not_seen_since: None,
    }
}

#[rstest]
#[case(None, None)]
#[case(Some(Role::User), None)]
#[case(None, Some(true))]
#[case(Some(Role::User), Some(true))]
#[tokio::test]
async fn what_nearly_everyone_matches_is_read_in_its_order(
    #[case] role: Option<Role>,
    #[case] is_active: Option<bool>,
) {
    for plan in plans(&filter(role, is_active, "")).await {
        assert!(plan.contains(" USING INDEX ") && !plan.contains("ORDER BY"), "{plan}");
    }
}

#[rstest]
#[case(Some(Role::Admin), None, "", "(role=?")]
#[case(Some(Role::SuperAdmin), Some(true), "", "(role=?")]
#[case(Some(Role::Admin), Some(false), "", "(role=?")]
#[case(Some(Role::User), Some(false), "", "(is_active=?")]
#[case(None, Some(false), "", "(is_active=?")]
#[case(Some(Role::User), Some(true), "alice", "(username_key>? AND username_key<?)")]
#[case(
    Some(Role::Admin),
    Some(true),
    "alice",
    "(role=? AND username_key>? AND username_key<?)"
)]
#[case(None, Some(false), "alice", "(is_active=? AND username_key>? AND username_key<?)")]
#[tokio::test]
async fn what_few_match_is_looked_up(
    #[case] role: Option<Role>,
    #[case] is_active: Option<bool>,
    #[case] prefix: &str,
    #[case] index: &str,
) {
    for plan in plans(&filter(role, is_active, prefix)).await {
        assert!(
            plan.starts_with("SEARCH users USING INDEX ") && plan.contains(index),
            "{plan}"
        );
    }
}

#[rstest]
#[case::first(0)]
#[case::later(20)]
fn postgresql_knows_all_of_a_page_without_prefix_as_it_plans(#[case] offset: u32) {
    for field in FIELDS {
        let request = UserPageRequest {
            start: at(field, offset),
            ..UserPageRequest::default()
        };
        let filter = filter(Some(Role::Admin), Some(false), "");
        let values = page(&filter, &request, DbBackend::Postgres).values;
        assert_eq!(values, Some(Values(vec![])), "{field:?}");
    }
}

#[rstest]
#[case(Some(Role::Admin), None, "")]
#[case(None, Some(false), "")]
#[case(None, Some(true), "alice")]
#[case(Some(Role::Admin), None, "alice")]
#[tokio::test]
async fn what_is_filtered_and_sorted_by_name_is_not_sorted_anew(
    #[case] role: Option<Role>,
    #[case] is_active: Option<bool>,
    #[case] prefix: &str,
) {
    let plans = plans(&filter(role, is_active, prefix)).await;
    for plan in &plans[..BY_NAME] {
        // To put in order who has the same name is to do nothing.
        assert!(!plan.contains("TEMP B-TREE FOR ORDER BY"), "{plan}");
    }
}

/// Fills a PostgreSQL database with two thousand users, whose names begin with `user`, but for one.
async fn many_users() -> TestDatabase {
    let database = TestDatabase::migrated(DatabaseKind::Postgres).await;
    let transaction = database.begin().await.unwrap();
    transaction.users().insert(&user("alice", Role::User)).await.unwrap();
    let copies = "INSERT INTO users SELECT (jsonb_populate_record(users, jsonb_build_object( \
            'id', gen_random_uuid(), 'username', 'user' || n, 'username_key', 'user' || n, \
            'created_at', now() + n * interval '1 s'))).* \
        FROM users, generate_series(1, 2000) AS n; ANALYZE users";
    transaction.inner.execute_unprepared(copies).await.unwrap();
    transaction.commit().await.unwrap();
    database
}

#[apply(needs_postgres)]
#[rstest]
#[case(UserSortingField::Username, "user", "users_username_key_key")]
#[case(UserSortingField::Username, "alice", "users_username_key_key")]
#[case(UserSortingField::CreatedAt, "user", "ix_users_created_at_id")]
#[case(UserSortingField::CreatedAt, "alice", "users_username_key_key")]
#[tokio::test]
async fn postgresql_follows_the_order_unless_it_knows_that_a_prefix_is_rare(
    #[case] field: UserSortingField,
    #[case] prefix: &str,
    #[case] index: &str,
) {
    let request = UserPageRequest {
        start: first(field),
        ..UserPageRequest::default()
    };
    let filter = filter(None, None, prefix);
    let plan = many_users()
        .await
        .plan(|backend| page(&filter, &request, backend))
        .await;
    assert!(plan.contains(index), "{plan}");
    let is_sorted = plan.contains("Sort Key");
    assert_eq!(
        is_sorted,
        field == UserSortingField::CreatedAt && prefix == "alice",
        "{plan}"
    );
}
