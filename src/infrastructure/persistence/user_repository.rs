use async_trait::async_trait;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Select, SqlErr};

use super::{
    database::SeaOrmTransaction,
    entities::user::{self, Column, Entity},
    mapping::user_row,
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
        find(Entity::find().filter(Column::UsernameKey.eq(username.key())), self).await
    }

    async fn find_by_id_for_update(&self, id: UserId) -> Result<Option<User>, StorageError> {
        find(Entity::find_by_id(id.as_uuid()), self).await
    }

    async fn save(&self, user: &User) -> Result<(), StorageError> {
        // Without the columns that never change, because SQLite would rewrite their indexes.
        let changed = user::ActiveModel {
            id: NotSet,
            username: NotSet,
            username_key: NotSet,
            created_at: NotSet,
            ..user_row(user)
        };
        let same_id = Column::Id.eq(user.id().as_uuid());
        Entity::update_many()
            .set(changed)
            .filter(same_id)
            .exec(&self.inner)
            .await?;
        Ok(())
    }

    async fn delete(&self, id: UserId) -> Result<(), StorageError> {
        // The foreign keys of what belongs to the user cascade.
        Entity::delete_by_id(id.as_uuid()).exec(&self.inner).await?;
        Ok(())
    }

    async fn count_active_super_admins_for_update(&self) -> Result<u64, StorageError> {
        // Rows are locked in one order, so that transactions do not wait for each other. An aggregate cannot lock rows.
        let ids = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Role.eq(user::RoleRank::from(Role::SuperAdmin)))
            .filter(Column::IsActive.eq(true))
            .filter(Column::is_invited().not())
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .into_tuple::<uuid::Uuid>()
            .all(&self.inner)
            .await?;
        Ok(ids.len() as u64)
    }
}

async fn find(query: Select<Entity>, transaction: &SeaOrmTransaction) -> Result<Option<User>, StorageError> {
    let row = query.lock_exclusive().one(&transaction.inner).await?;
    row.map(User::try_from).transpose()
}
