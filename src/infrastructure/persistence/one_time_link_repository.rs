use async_trait::async_trait;
use sea_orm::{EntityTrait, sea_query::OnConflict};

use super::{
    database::SeaOrmTransaction,
    entities::one_time_link::{Column, Entity},
    mapping::one_time_link_row,
};
use crate::{
    application::ports::{OneTimeLinkRepository, StorageError},
    domain::{link::OneTimeLink, user::UserId},
};

#[async_trait]
impl OneTimeLinkRepository for SeaOrmTransaction {
    async fn replace(&self, link: &OneTimeLink) -> Result<(), StorageError> {
        let in_place = OnConflict::column(Column::UserId)
            .update_columns([Column::SecretDigest, Column::Kind, Column::CreatedAt, Column::ExpiresAt])
            .to_owned();
        let insert = Entity::insert(one_time_link_row(link)).on_conflict(in_place);
        insert.exec_without_returning(&self.inner).await?;
        Ok(())
    }

    async fn find_of(&self, user_id: UserId) -> Result<Option<OneTimeLink>, StorageError> {
        let row = Entity::find_by_id(user_id.as_uuid()).one(&self.inner).await?;
        row.map(OneTimeLink::try_from).transpose()
    }

    async fn delete_of(&self, user_id: UserId) -> Result<bool, StorageError> {
        let delete = Entity::delete_by_id(user_id.as_uuid());
        Ok(delete.exec(&self.inner).await?.rows_affected > 0)
    }
}
