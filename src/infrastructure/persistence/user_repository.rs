//! The repository of users, which the transaction itself is.

use async_trait::async_trait;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, SqlErr};

use super::{
    entities::user::{self, Column, Entity},
    mapping::user_row,
    unit_of_work::SeaOrmTransaction,
};
use crate::{
    application::ports::{InsertUserError, StorageError, UserRepository},
    domain::user::{Role, User, UserId, Username},
};

#[async_trait]
impl UserRepository for SeaOrmTransaction {
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        match Entity::insert(user_row(user)).exec_without_returning(&self.inner).await {
            Ok(_) => Ok(()),
            Err(error) => match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(constraint)) if constraint.contains("username_key") => {
                    Err(InsertUserError::UsernameAlreadyExists)
                }
                _ => Err(StorageError::from(error).into()),
            },
        }
    }

    async fn find_for_update(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let query = Entity::find().filter(Column::UsernameKey.eq(username.key()));
        query
            .lock_exclusive()
            .one(&self.inner)
            .await?
            .map(User::try_from)
            .transpose()
    }

    async fn find_by_id_for_update(&self, id: UserId) -> Result<Option<User>, StorageError> {
        let query = Entity::find_by_id(id.as_uuid());
        query
            .lock_exclusive()
            .one(&self.inner)
            .await?
            .map(User::try_from)
            .transpose()
    }

    async fn save(&self, user: &User) -> Result<(), StorageError> {
        user_row(user).update(&self.inner).await?;
        Ok(())
    }

    async fn count_active_super_admins_for_update(&self) -> Result<u64, StorageError> {
        // Rows are locked in one order, lest two transactions wait for each other; and a locked row cannot be an aggregate.
        let ids = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Role.eq(user::RoleRank::from(Role::SuperAdmin)))
            .filter(Column::IsActive.eq(true))
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .into_tuple::<uuid::Uuid>()
            .all(&self.inner)
            .await?;
        Ok(ids.len() as u64)
    }
}
