use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait,
    sea_query::SimpleExpr,
};

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
    domain::{
        link::OneTimeLink,
        secret::SecretDigest,
        user::{UserId, Username},
    },
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
        let is_live = Column::SecretDigest
            .eq(secret.as_bytes().to_vec())
            .and(Column::ExpiresAt.gt(now))
            .and(user::Column::IsActive.eq(true));
        self.find_link(is_live).await
    }

    async fn find_of(&self, user_id: UserId) -> Result<Option<OneTimeLinkView>, StorageError> {
        self.find_link(Column::UserId.eq(user_id.as_uuid())).await
    }
}

impl Database {
    async fn find_link(&self, condition: SimpleExpr) -> Result<Option<OneTimeLinkView>, StorageError> {
        let row = Entity::find()
            .column(user::Column::Username)
            .join(JoinType::InnerJoin, Relation::User.def())
            .filter(condition)
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
