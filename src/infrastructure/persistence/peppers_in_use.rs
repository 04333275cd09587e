//! With which peppers the stored passwords were hashed.

use sea_orm::{
    EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    Database,
    entities::user::{Column, Entity},
};
use crate::application::ports::StorageError;

/// So many users of a pepper at most are counted, which takes no time that anybody would notice.
pub const MOST_COUNTED: u64 = 1000;

/// The ids of the peppers with which the stored passwords were hashed. An index leads from one to the next, so it does not
/// matter how many users there are.
///
/// # Errors
/// [`StorageError`] if storage fails.
pub async fn peppers_in_use(database: &Database) -> Result<Vec<String>, StorageError> {
    let mut ids = Vec::new();
    while let Some(id) = next_after(ids.last().map_or("", String::as_str), database).await? {
        ids.push(id);
    }
    Ok(ids)
}

/// How many users have a password that was hashed with the pepper of this id, counted up to [`MOST_COUNTED`].
///
/// # Errors
/// [`StorageError`] if storage fails.
pub async fn count_users_of_pepper(id: &str, database: &Database) -> Result<u64, StorageError> {
    let users = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(pepper_id().eq(id))
        .limit(MOST_COUNTED)
        .into_tuple::<uuid::Uuid>();
    Ok(users.all(database.reader()).await?.len() as u64)
}

async fn next_after(last: &str, database: &Database) -> Result<Option<String>, StorageError> {
    Ok(select_next_after(last).into_tuple().one(database.reader()).await?)
}

fn select_next_after(last: &str) -> Select<Entity> {
    Entity::find()
        .select_only()
        .expr_as(pepper_id(), "pepper_id")
        .filter(pepper_id().gt(last))
        .order_by(pepper_id(), Order::Asc)
        .limit(1)
}

/// As the index has it: the pepper id is what a hash begins with.
fn pepper_id() -> SimpleExpr {
    Expr::cust("substr(password_hash, 1, 16)")
}

#[cfg(test)]
mod tests {
    use std::iter::repeat_n;

    use test_database::{DatabaseKind, apply, on_every_database};

    use super::*;
    use crate::{
        application::{ports::UnitOfWork, testing::user},
        domain::user::{PasswordHash, Role},
        infrastructure::persistence::{SeaOrmUnitOfWork, testing::TestDatabase},
    };

    const OLD: &str = "f00000000000000f";
    const NEW: &str = "0123456789abcdef";

    async fn with_hashes(kind: DatabaseKind, peppers: impl IntoIterator<Item = &str>) -> TestDatabase {
        let database = TestDatabase::migrated(kind).await;
        let transaction = SeaOrmUnitOfWork::new(&database).begin().await.unwrap();
        for (number, pepper) in peppers.into_iter().enumerate() {
            let mut user = user(&format!("user{number}"), Role::User);
            user.renew_password_hash(PasswordHash::new(format!("{pepper}$2b$04${number:053}")));
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

        let database = with_hashes(kind, [OLD, NEW, OLD]).await;
        assert_eq!(peppers_in_use(&database).await.unwrap(), [NEW, OLD]);
        for (id, users) in [(NEW, 1), (OLD, 2), ("0000000000000000", 0)] {
            assert_eq!(count_users_of_pepper(id, &database).await.unwrap(), users);
        }
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn not_more_users_are_counted_than_need_be(kind: DatabaseKind) {
        let database = with_hashes(kind, repeat_n(OLD, MOST_COUNTED as usize + 1)).await;
        assert_eq!(count_users_of_pepper(OLD, &database).await.unwrap(), MOST_COUNTED);
    }

    #[apply(on_every_database)]
    #[tokio::test]
    async fn the_next_pepper_is_found_by_the_index(kind: DatabaseKind) {
        let database = with_hashes(kind, [OLD]).await;
        let plan = database.plan(select_next_after(NEW)).await;
        assert!(
            plan.contains("ix_users_pepper_id") && !plan.contains("Sort") && !plan.contains("TEMP"),
            "{plan}"
        );
    }
}
