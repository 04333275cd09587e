use async_trait::async_trait;
use sea_orm::{ColumnTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{
    Database,
    entities::user::{Column, Entity, RoleRank},
    mapping::{USER_VIEW_COLUMNS, UserViewRow},
};
use crate::{
    application::{
        UserView,
        ports::{StorageError, UserReader},
        queries::users::{ListUsersFilter, SortingOrder, UserPage, UserPageRequest, UserSortingField},
    },
    domain::user::{UserId, Username, UsernamePrefix},
};

/// Reads users as they are shown.
#[derive(Debug)]
pub struct SeaOrmUserReader {
    database: Database,
}

impl SeaOrmUserReader {
    /// Reads the users of `database`.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
        }
    }

    async fn find(&self, query: Select<Entity>) -> Result<Option<UserView>, StorageError> {
        let row = views(query).one(self.database.reader()).await?;
        Ok(row.map(UserView::from))
    }
}

#[async_trait]
impl UserReader for SeaOrmUserReader {
    async fn list(&self, filter: &ListUsersFilter, page: &UserPageRequest) -> Result<UserPage, StorageError> {
        let users = filtered(filter);
        let total = users.clone().count(self.database.replica()).await?;
        let sorted = users
            .order_by(sorting_column(page.sorting_field), direction(page.sorting_order))
            .order_by(Column::Id, direction(page.sorting_order))
            .limit(u64::from(page.limit.get()))
            .offset(u64::from(page.offset.get()));
        let rows = views(sorted).all(self.database.replica()).await?;
        Ok(UserPage {
            users: rows.into_iter().map(UserView::from).collect(),
            total,
        })
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<UserView>, StorageError> {
        self.find(Entity::find_by_id(id.as_uuid())).await
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<UserView>, StorageError> {
        self.find(Entity::find().filter(Column::UsernameKey.eq(username.key())))
            .await
    }
}

fn views(query: Select<Entity>) -> sea_orm::Selector<sea_orm::SelectModel<UserViewRow>> {
    query.select_only().columns(USER_VIEW_COLUMNS).into_model()
}

fn filtered(filter: &ListUsersFilter) -> Select<Entity> {
    let mut users = Entity::find();
    if let Some(role) = filter.role {
        users = users.filter(Column::Role.eq(RoleRank::from(role)));
    }
    if let Some(is_active) = filter.is_active {
        users = users.filter(Column::IsActive.eq(is_active));
    }
    if let Some(prefix) = filter
        .username
        .as_ref()
        .map(UsernamePrefix::key)
        .filter(|key| !key.is_empty())
    {
        // A range instead of LIKE: it knows no wildcards and is served by the index. Keys are ASCII, so what begins with
        // the prefix sorts below the prefix followed by DEL.
        users = users
            .filter(Column::UsernameKey.gte(prefix))
            .filter(Column::UsernameKey.lt(format!("{prefix}\u{7f}")));
    }
    users
}

fn sorting_column(field: UserSortingField) -> Column {
    match field {
        UserSortingField::Username => Column::UsernameKey,
        UserSortingField::Role => Column::Role,
        UserSortingField::IsActive => Column::IsActive,
        UserSortingField::CreatedAt => Column::CreatedAt,
        UserSortingField::UpdatedAt => Column::UpdatedAt,
    }
}

fn direction(order: SortingOrder) -> Order {
    match order {
        SortingOrder::Ascending => Order::Asc,
        SortingOrder::Descending => Order::Desc,
    }
}
