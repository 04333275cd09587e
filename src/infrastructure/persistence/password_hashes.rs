//! The peppers and costs of the stored password hashes, found by indexes however many users there are.

use sea_orm::{
    Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    Database,
    entities::user::{Column, Entity},
    inline_values::inline_values,
};
use crate::application::ports::StorageError;

/// The number up to which users are counted, so that counting takes no noticeable time.
pub const MOST_COUNTED: u64 = 1000;

/// The highest cost that bcrypt accepts.
const HIGHEST_COST: &str = "31";

/// Returns the ids of the peppers of the stored password hashes.
pub async fn peppers_in_use(database: &Database) -> Result<Vec<String>, StorageError> {
    let mut ids: Vec<String> = Vec::new();
    while let Some(id) = select_next_pepper(ids.last().map_or("", String::as_str))
        .into_tuple()
        .one(database.reader())
        .await?
    {
        ids.push(id);
    }
    Ok(ids)
}

/// Returns how many users have a password hash with this pepper, counted up to [`MOST_COUNTED`].
pub async fn count_users_of_pepper(id: &str, database: &Database) -> Result<u64, StorageError> {
    count_users(Condition::all().add(pepper_id().eq(id)), database).await
}

/// Returns the highest cost of the stored password hashes, or `None` if there are none.
pub async fn highest_hash_cost(database: &Database) -> Result<Option<u32>, StorageError> {
    let cost: Option<String> = select_highest_cost().into_tuple().one(database.reader()).await?;
    Ok(cost.and_then(|cost| cost.parse().ok()))
}

/// Returns how many users have a password hash of a cost above `cost`, counted up to [`MOST_COUNTED`].
pub async fn count_users_above_hash_cost(cost: u32, database: &Database) -> Result<u64, StorageError> {
    let above = Condition::all()
        .add(hash_cost().gt(format!("{cost:02}")))
        .add(hash_cost().lte(HIGHEST_COST));
    count_users(above, database).await
}

async fn count_users(condition: Condition, database: &Database) -> Result<u64, StorageError> {
    let users = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(condition)
        .limit(MOST_COUNTED);
    let reader = database.reader();
    let statement = inline_values(users.build(reader.get_database_backend()));
    Ok(reader.query_all_raw(statement).await?.len() as u64)
}

fn select_next_pepper(after: &str) -> Select<Entity> {
    Entity::find()
        .select_only()
        .expr_as(pepper_id(), "pepper_id")
        .filter(pepper_id().gt(after))
        .order_by(pepper_id(), Order::Asc)
        .limit(1)
}

fn select_highest_cost() -> Select<Entity> {
    Entity::find()
        .select_only()
        .expr_as(hash_cost(), "hash_cost")
        .filter(hash_cost().lte(HIGHEST_COST))
        .order_by(hash_cost(), Order::Desc)
        .limit(1)
}

/// The expression of the index: a hash begins with the pepper id.
fn pepper_id() -> SimpleExpr {
    Expr::cust("substr(password_hash, 1, 16)")
}

/// The expression of the index: two digits, behind the pepper id and `$2b$`.
fn hash_cost() -> SimpleExpr {
    Expr::cust("substr(password_hash, 21, 2)")
}

#[cfg(test)]
mod tests {
    use std::iter::repeat_n;

    use test_database::{DatabaseKind, apply, on_every_database};

    use super::*;
    use crate::{
        application::{ports::Transaction, testing::user},
        domain::user::{PasswordHash, Role},
        infrastructure::persistence::testing::TestDatabase,
    };

    const OLD: &str = "f00000000000000f";
    const NEW: &str = "0123456789abcdef";

    async fn with_hashes(kind: DatabaseKind, hashes: impl IntoIterator<Item = (&str, u32)>) -> TestDatabase {
        let database = TestDatabase::migrated(kind).await;
        let transaction = database.begin().await.unwrap();
        for (number, (pepper, cost)) in hashes.into_iter().enumerate() {
            let mut user = user(&format!("user{number}"), Role::User);
            user.renew_password_hash(PasswordHash::new(format!("{pepper}$2b${cost:02}${number:053}")));
            transaction.users().insert(&user).await.unwrap();
        }
        transaction.commit().await.unwrap();
        database
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn every_pepper_is_told_once_and_has_its_users_counted(kind: DatabaseKind) {
        let database = with_hashes(kind, []).await;
        assert!(peppers_in_use(&database).await.unwrap().is_empty());

        let database = with_hashes(kind, [(OLD, 4), (NEW, 4), (OLD, 4)]).await;
        assert_eq!(peppers_in_use(&database).await.unwrap(), [NEW, OLD]);
        for (id, users) in [(NEW, 1), (OLD, 2), ("0000000000000000", 0)] {
            assert_eq!(count_users_of_pepper(id, &database).await.unwrap(), users);
        }
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn not_more_users_are_counted_than_need_be(kind: DatabaseKind) {
        let database = with_hashes(kind, repeat_n((OLD, 4), MOST_COUNTED as usize + 1)).await;
        assert_eq!(count_users_of_pepper(OLD, &database).await.unwrap(), MOST_COUNTED);
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn the_highest_cost_is_told_and_who_is_above_another_one_is_counted(kind: DatabaseKind) {
        let database = with_hashes(kind, []).await;
        assert_eq!(highest_hash_cost(&database).await.unwrap(), None);

        // Costs that bcrypt does not accept are ignored.
        let costs = [4, 12, 9, 12, 10, 32, 99];
        let database = with_hashes(kind, costs.map(|cost| (NEW, cost))).await;
        assert_eq!(highest_hash_cost(&database).await.unwrap(), Some(12));
        for (cost, users) in [(12, 0), (10, 2), (4, 4)] {
            assert_eq!(count_users_above_hash_cost(cost, &database).await.unwrap(), users);
        }
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn peppers_and_costs_are_found_by_their_indexes(kind: DatabaseKind) {
        let database = with_hashes(kind, [(OLD, 4)]).await;
        for (query, index) in [
            (select_next_pepper(NEW), "ix_users_pepper_id"),
            (select_highest_cost(), "ix_users_hash_cost"),
        ] {
            let plan = database.plan(|backend| query.build(backend)).await;
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("Sort") && !plan.contains("TEMP"), "{plan}");
        }
    }
}
