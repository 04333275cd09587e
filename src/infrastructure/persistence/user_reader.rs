use async_trait::async_trait;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Select};

use super::{
    Database,
    entities::user::{Column, Entity},
    mapping::{UserDetailsRow, select_user_details},
    user_list,
};
use crate::{
    application::{
        paging::{Total, UserFilter, UserPage, UserPageRequest},
        ports::{StorageError, UserReader},
        views::UserDetails,
    },
    domain::user::{UserId, Username},
};

/// A user of a page, and the number of users on all pages.
#[derive(FromQueryResult)]
struct CountedUserRow {
    #[sea_orm(nested)]
    details: UserDetailsRow,
    counted: i64,
}

#[async_trait]
impl UserReader for Database {
    async fn list(&self, filter: &UserFilter, page: &UserPageRequest) -> Result<UserPage, StorageError> {
        let replica = self.replica();
        let backend = replica.get_database_backend();
        let statement = user_list::page(filter, page, backend);
        let rows = CountedUserRow::find_by_statement(statement).all(replica).await?;
        let counted = match rows.first() {
            Some(row) => row.counted,
            // There is no row to hold the count.
            None => {
                let count = user_list::count(filter, page.counting, backend);
                let row = replica.query_one_raw(count).await?;
                row.map_or(Ok(0), |row| row.try_get("", user_list::COUNTED))?
            }
        };
        let counted = u64::try_from(counted).map_err(|error| StorageError::Failed(error.into()))?;
        let users = rows.into_iter().map(|row| row.details.into());
        Ok(UserPage::of(users.collect(), Total::of(counted, page.counting), page))
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<UserDetails>, StorageError> {
        find(self, Entity::find_by_id(id.as_uuid())).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<UserDetails>, StorageError> {
        find(self, Entity::find().filter(Column::UsernameKey.eq(username.key()))).await
    }
}

async fn find(database: &Database, query: Select<Entity>) -> Result<Option<UserDetails>, StorageError> {
    let details = select_user_details(query).into_model::<UserDetailsRow>();
    let row = details.one(database.reader()).await?;
    Ok(row.map(UserDetails::from))
}
