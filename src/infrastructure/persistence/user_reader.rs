use async_trait::async_trait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Select};

use super::{
    Database,
    entities::user::{Column, Entity},
    mapping::{USER_VIEW_COLUMNS, UserViewRow},
    user_list,
};
use crate::{
    application::{
        ports::{StorageError, UserReader},
        views::{Counting, Total, UserFilter, UserPage, UserPageRequest, UserView},
    },
    domain::user::{UserId, Username},
};

/// Reads users as they are shown.
#[derive(Debug)]
pub struct SeaOrmUserReader {
    database: Database,
}

/// A user of a page, and how many users were counted on all pages together.
#[derive(FromQueryResult)]
struct CountedUserRow {
    #[sea_orm(nested)]
    user: UserViewRow,
    counted: i64,
}

impl SeaOrmUserReader {
    /// Reads the users of `database`.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    async fn find(&self, query: Select<Entity>) -> Result<Option<UserView>, StorageError> {
        let view = query.select_only().columns(USER_VIEW_COLUMNS);
        let row = view.into_model::<UserViewRow>().one(self.database.reader()).await?;
        Ok(row.map(UserView::from))
    }

    async fn count(&self, filter: &UserFilter, counting: Counting) -> Result<i64, StorageError> {
        let count = user_list::count(filter, counting);
        let row = self.database.replica().query_one(&count).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("", user_list::COUNTED))?)
    }
}

#[async_trait]
impl UserReader for SeaOrmUserReader {
    async fn list(&self, filter: &UserFilter, page: &UserPageRequest) -> Result<UserPage, StorageError> {
        let rows = user_list::page(filter, page)
            .into_model::<CountedUserRow>()
            .all(self.database.replica())
            .await?;
        let counted = match rows.first() {
            Some(row) => row.counted,
            // Nobody is there to tell it.
            None => self.count(filter, page.counting).await?,
        };
        let counted = u64::try_from(counted).map_err(|error| StorageError::Failed(error.into()))?;
        let users = rows.into_iter().map(|row| row.user.into());
        Ok(UserPage::of(users.collect(), Total::of(counted, page.counting), page))
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<UserView>, StorageError> {
        self.find(Entity::find_by_id(id.as_uuid())).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<UserView>, StorageError> {
        self.find(Entity::find().filter(Column::UsernameKey.eq(username.key())))
            .await
    }
}
