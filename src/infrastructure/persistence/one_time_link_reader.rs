use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait};

use super::{
    Database,
    entities::{
        one_time_link::{Column, Entity, Model, Relation},
        user,
    },
};
use crate::{
    application::{
        ports::{OneTimeLinkReader, StorageError},
        views::OneTimeLinkView,
    },
    domain::{link::OneTimeLink, secret::SecretDigest, user::Username},
};

/// A link, and the name of its user.
#[derive(FromQueryResult)]
struct LinkRow {
    #[sea_orm(nested)]
    link: Model,
    username: String,
}

#[async_trait]
impl OneTimeLinkReader for Database {
    async fn find(&self, secret: &SecretDigest, now: DateTime<Utc>) -> Result<Option<OneTimeLinkView>, StorageError> {
        let row = Entity::find()
            .column(user::Column::Username)
            .join(JoinType::InnerJoin, Relation::User.def())
            .filter(Column::SecretDigest.eq(secret.as_bytes().to_vec()))
            .filter(Column::ExpiresAt.gt(now))
            .filter(user::Column::IsActive.eq(true))
            .into_model::<LinkRow>()
            .one(self.reader())
            .await?;
        row.map(|row| {
            let link = OneTimeLink::try_from(row.link)?;
            let username = Username::new(row.username).map_err(|error| StorageError::Failed(error.into()))?;
            Ok(OneTimeLinkView {
                user_id: link.state().user_id,
                username,
                kind: link.state().kind,
                expires_at: link.state().expires_at,
            })
        })
        .transpose()
    }
}
