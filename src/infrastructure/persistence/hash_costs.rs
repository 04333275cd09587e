//! At which costs the stored passwords were hashed.

use sea_orm::{
    EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    Database, MOST_COUNTED,
    entities::user::{Column, Entity},
};
use crate::application::ports::StorageError;

/// The highest cost that bcrypt accepts.
const HIGHEST: &str = "31";

/// Returns the highest cost of the stored password hashes, or `None` if there are none. An index leads to it.
///
/// # Errors
/// [`StorageError`] if storage fails.
pub async fn highest_hash_cost(database: &Database) -> Result<Option<u32>, StorageError> {
    let cost: Option<String> = select_highest().into_tuple().one(database.reader()).await?;
    Ok(cost.and_then(|cost| cost.parse().ok()))
}

/// Returns how many users have a password hash of a cost above `cost`, counted up to [`MOST_COUNTED`].
///
/// # Errors
/// [`StorageError`] if storage fails.
pub async fn count_users_above_hash_cost(cost: u32, database: &Database) -> Result<u64, StorageError> {
    let users = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(hash_cost().gt(format!("{cost:02}")))
        .filter(hash_cost().lte(HIGHEST))
        .limit(MOST_COUNTED)
        .into_tuple::<uuid::Uuid>();
    Ok(users.all(database.reader()).await?.len() as u64)
}

fn select_highest() -> Select<Entity> {
    Entity::find()
        .select_only()
        .expr_as(hash_cost(), "hash_cost")
        .filter(hash_cost().lte(HIGHEST))
        .order_by(hash_cost(), Order::Desc)
        .limit(1)
}

/// As the index has it: two digits, behind the pepper id and `$2b$`.
fn hash_cost() -> SimpleExpr {
    Expr::cust("substr(password_hash, 21, 2)")
}

#[cfg(test)]
mod tests {
    use test_database::{DatabaseKind, apply, on_every_database};

    use super::*;
    use crate::{
        application::{ports::UnitOfWork, testing::user},
        domain::user::{PasswordHash, Role},
        infrastructure::persistence::{SeaOrmUnitOfWork, testing::TestDatabase},
    };

    async fn with_costs(kind: DatabaseKind, costs: &[u32]) -> TestDatabase {
        let database = TestDatabase::migrated(kind).await;
        let transaction = SeaOrmUnitOfWork::new(&database).begin().await.unwrap();
        for (number, cost) in costs.iter().enumerate() {
            let mut user = user(&format!("user{number}"), Role::User);
            user.renew_password_hash(PasswordHash::new(format!("0123456789abcdef$2b${cost:02}${number:053}")));
            transaction.users().insert(&user).await.unwrap();
        }
        transaction.commit().await.unwrap();
        database
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn the_highest_cost_is_told_and_who_is_above_another_one_is_counted(kind: DatabaseKind) {
        let database = with_costs(kind, &[]).await;
        assert_eq!(highest_hash_cost(&database).await.unwrap(), None);

        // What bcrypt would refuse counts for nothing.
        let database = with_costs(kind, &[4, 12, 9, 12, 10, 32, 99]).await;
        assert_eq!(highest_hash_cost(&database).await.unwrap(), Some(12));
        for (cost, users) in [(12, 0), (10, 2), (4, 4)] {
            assert_eq!(count_users_above_hash_cost(cost, &database).await.unwrap(), users);
        }
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn the_highest_cost_is_found_by_the_index(kind: DatabaseKind) {
        let database = with_costs(kind, &[4]).await;
        let plan = database.plan(select_highest()).await;
        assert!(
            plan.contains("ix_users_hash_cost") && !plan.contains("Sort") && !plan.contains("TEMP"),
            "{plan}"
        );
    }
}
