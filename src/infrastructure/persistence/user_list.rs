//! The statements behind the list of users, which must be as cheap on a million users as on a hundred.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement, Value},
};

use super::{
    entities::user::{Column, Entity, RoleRank},
    mapping::USER_VIEW_COLUMNS,
};
use crate::{
    application::views::{
        Counting, SortingOrder, UserCursor, UserFilter, UserPageRequest, UserPageStart, UserSortingField,
        UserSortingKey,
    },
    domain::user::{Role, UsernamePrefix},
};

/// The name of the column in which every row of a page tells how many users were counted.
pub(super) const COUNTED: &str = "counted";

/// Every role but that of a plain user.
const ADMINS: [Role; 2] = [Role::Admin, Role::SuperAdmin];

/// The users of a page and one more, if there is one; each with how many match in all, which the database counts once.
pub(super) fn page(filter: &UserFilter, request: &UserPageRequest) -> Select<Entity> {
    let column = sorting_column(request.start.sorting_field());
    let order = direction(request.sorting_order);
    let mut users = Entity::find()
        .select_only()
        .columns(USER_VIEW_COLUMNS)
        .column_as(Expr::from(count(filter, request.counting)), COUNTED);
    // Ahead of the filter: where both bound the username, SQLite goes by the bound that comes first.
    if let UserPageStart::After(cursor) = &request.start {
        users = users.filter(behind(cursor, request.sorting_order));
    }
    users
        .filter(matching(filter))
        .order_by(column, order.clone())
        .order_by(Column::Id, order)
        .limit(u64::from(request.limit.get()) + 1)
        .offset(u64::from(request.start.offset().get()))
}

/// How many users match, counted as far as `counting` has it.
pub(super) fn count(filter: &UserFilter, counting: Counting) -> SelectStatement {
    let mut counted = Query::select();
    counted.expr(Expr::cust("1")).from(Entity).cond_where(equal(filter));
    if let Some(limit) = counting.limit() {
        counted.limit(limit);
    }
    Query::select()
        .expr_as(Expr::col(Asterisk).count(), Alias::new(COUNTED))
        .from_subquery(counted, Alias::new("matching"))
        .take()
}

/// What nearly every user is, a plain user or active, is told by what it is not, and beside the role of an admin the activity
/// is, too. SQLite does not know which value is rare, and takes each that is told with `=` for the one to go by: it would look
/// nearly all users up in the index of that column and sort them, instead of going along the index of the order.
///
/// PostgreSQL knows, and is indifferent to how it is told; but only of values that stand in the statement. With parameters,
/// it may settle on a plan for any value, and read all users for the sake of a rare one.
fn matching(filter: &UserFilter) -> Condition {
    let is_admin = filter.role.is_some_and(|role| role != Role::User);
    Condition::all()
        .add_option(filter.role.map(|role| {
            match role {
                Role::User => Column::Role
                    .into_expr()
                    .is_not_in(ADMINS.map(RoleRank::from).map(constant)),
                Role::Admin | Role::SuperAdmin => Column::Role.into_expr().eq(constant(RoleRank::from(role))),
            }
        }))
        .add_option(filter.is_active.map(|is_active| {
            if is_active || is_admin {
                Column::IsActive.into_expr().ne(constant(!is_active))
            } else {
                Column::IsActive.into_expr().eq(constant(is_active))
            }
        }))
        .add_option(begins_with_prefix(filter))
}

/// The same where there is no order to go along: to count, SQLite needs nothing but an index that begins with the value.
fn equal(filter: &UserFilter) -> Condition {
    let role = filter.role.map(RoleRank::from).map(constant);
    Condition::all()
        .add_option(role.map(|role| Column::Role.into_expr().eq(role)))
        .add_option(
            filter
                .is_active
                .map(|is_active| Column::IsActive.into_expr().eq(constant(is_active))),
        )
        .add_option(begins_with_prefix(filter))
}

fn begins_with_prefix(filter: &UserFilter) -> Option<Condition> {
    let prefix = filter.username.as_ref().map(UsernamePrefix::key);
    prefix.filter(|key| !key.is_empty()).map(begins_with)
}

fn constant(value: impl Into<Value>) -> Expr {
    Expr::Constant(value.into())
}

/// A range instead of LIKE: it knows no wildcards and is served by the index. Keys are ASCII, so what begins with the prefix
/// sorts below the prefix followed by DEL.
fn begins_with(prefix: &str) -> Condition {
    Condition::all()
        .add(Column::UsernameKey.gte(prefix))
        .add(Column::UsernameKey.lt(format!("{prefix}\u{7f}")))
}

/// As a comparison of rows, which both databases serve by one step into the index of the order.
fn behind(cursor: &UserCursor, order: SortingOrder) -> Expr {
    let value: Value = match &cursor.key {
        UserSortingKey::Username(key) => key.as_str().into(),
        UserSortingKey::Role(role) => RoleRank::from(*role).into(),
        UserSortingKey::IsActive(is_active) => (*is_active).into(),
        UserSortingKey::CreatedAt(time) | UserSortingKey::UpdatedAt(time) => (*time).into(),
    };
    let place = Expr::tuple([sorting_column(cursor.key.field()).into_expr(), Column::Id.into_expr()]);
    let cursor = Expr::tuple([Expr::value(value), Expr::value(cursor.id.as_uuid())]);
    match order {
        SortingOrder::Ascending => place.gt(cursor),
        SortingOrder::Descending => place.lt(cursor),
    }
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

#[cfg(test)]
mod tests;
