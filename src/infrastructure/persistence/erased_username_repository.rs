use async_trait::async_trait;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

use super::{
    database::SeaOrmTransaction,
    entities::erased_username::{Column, Entity, Model},
};
use crate::{
    application::ports::{ErasedUsernameRepository, StorageError},
    domain::user::ErasedUsernameKey,
};

#[async_trait]
impl ErasedUsernameRepository for SeaOrmTransaction {
    async fn insert(&self, key: &ErasedUsernameKey) -> Result<(), StorageError> {
        let key = key.as_bytes().to_vec();
        let existing = OnConflict::column(Column::Key).update_column(Column::Key).to_owned();
        Entity::insert(Model { key }.into_active_model().reset_all())
            .on_conflict(existing)
            .exec_without_returning(&self.inner)
            .await?;
        Ok(())
    }

    async fn contains_any(&self, keys: &[ErasedUsernameKey]) -> Result<bool, StorageError> {
        let keys = keys.iter().map(|key| key.as_bytes().to_vec());
        let found = Entity::find().filter(Column::Key.is_in(keys)).one(&self.inner).await?;
        Ok(found.is_some())
    }
}
