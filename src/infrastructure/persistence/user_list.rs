//! The statements for the list of users, which must cost the same for a million users as for a hundred.

use std::iter;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
    sea_query::{Expr, ExprTrait, Query, Value, Values},
};

use super::{
    entities::user::{Column, Entity, RoleRank},
    mapping::select_user_details,
};
use crate::{
    application::paging::{
        Counting, SortingOrder, UserCursor, UserFilter, UserPageRequest, UserPageStart, UserSortingField,
        UserSortingKey,
    },
    domain::user::{Role, UsernamePrefix},
};

/// The column of every row of a page that holds the number of all users.
pub(super) const COUNTED: &str = "counted";

/// Every role except that of a plain user.
const ADMINS: [Role; 2] = [Role::Admin, Role::SuperAdmin];

/// Selects the users of a page and the next one, each with the number of all matches, which is counted once.
pub(super) fn page(filter: &UserFilter, request: &UserPageRequest, backend: DbBackend) -> Statement {
    let order = direction(request.sorting_order);
    let counted = count(filter, request.counting, backend);
    let values = counted.values.into_iter().flat_map(|Values(values)| values);
    let counted = Expr::cust_with_values(format!("({})", counted.sql), values);
    let mut users = select_user_details(Entity::find()).column_as(counted, COUNTED);
    // Before the filter: if both bound the username, SQLite uses the first bound.
    if let UserPageStart::After(cursor) = &request.start {
        users = users.filter(behind(cursor, request.sorting_order));
    }
    let columns = sorting_columns(request.start.sorting_field());
    let users = columns.fold(users, |users, column| users.order_by(column, order.clone()));
    let users = users.filter(matching(filter));
    let limit = u64::from(request.limit.get()) + 1;
    let offset = u64::from(request.start.offset().get());
    match (prefix(filter), request.start.sorting_field()) {
        // For a parameter, PostgreSQL assumes a prefix that few users have. With a constant limit it would sort them
        // all in a small table. With a parameter it assumes a tenth of them, and follows the index.
        (Some(prefix), UserSortingField::Username) => {
            let users = users.filter(begins_with(prefix, Expr::value));
            users.limit(limit).offset(offset).build(backend)
        }
        // In another order, one plan for all prefixes could read the whole table.
        (prefix, _) => {
            let prefix = prefix.map(|prefix| begins_with(prefix, constant));
            let users = users.filter(Condition::all().add_option(prefix));
            limited(users.build(backend), limit, offset)
        }
    }
}

/// Counts the matching users, as far as `counting` has it.
pub(super) fn count(filter: &UserFilter, counting: Counting, backend: DbBackend) -> Statement {
    let mut matching = Query::select();
    matching.expr(Expr::cust("1")).from(Entity).cond_where(equal(filter));
    let matching = backend.build(&matching);
    let counted = match counting.limit() {
        Some(limit) => limited(matching, limit, 0),
        None => matching,
    };
    Statement {
        sql: format!("SELECT COUNT(*) AS {COUNTED} FROM ({}) AS matching", counted.sql),
        ..counted
    }
}

/// Limits the rows by constants.
///
/// For a parameter, PostgreSQL assumes a tenth of the rows, and may sort all of them.
fn limited(statement: Statement, limit: u64, offset: u64) -> Statement {
    Statement {
        sql: format!("{} LIMIT {limit} OFFSET {offset}", statement.sql),
        ..statement
    }
}

/// Matches the filter of a sorted list, except for the prefix.
///
/// The form keeps frequent values from choosing the index. SQLite does not know which values are rare. For a column
/// that is compared by `=`, it looks the rows up in its index and sorts them, instead of following the index of the
/// order. So a value that most users have is expressed as the negation of the others, and so is the activity of an
/// admin.
///
/// PostgreSQL knows which values are rare, but only of constants. With parameters it may choose a plan for any value.
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
        .add_option(filter.not_seen_since.map(not_seen_since))
}

/// Matches the filter of a count, for which SQLite needs only an index that begins with the value.
fn equal(filter: &UserFilter) -> Condition {
    let role = filter.role.map(RoleRank::from).map(constant);
    Condition::all()
        .add_option(role.map(|role| Column::Role.into_expr().eq(role)))
        .add_option(
            filter
                .is_active
                .map(|is_active| Column::IsActive.into_expr().eq(constant(is_active))),
        )
        .add_option(prefix(filter).map(|prefix| begins_with(prefix, Expr::value)))
        .add_option(filter.not_seen_since.map(not_seen_since))
}

fn prefix(filter: &UserFilter) -> Option<&UsernamePrefix> {
    filter.username.as_ref().filter(|prefix| !prefix.key().is_empty())
}

/// Matches users by reading their rows, because an index would slow down every record of who was seen.
fn not_seen_since(time: DateTime<Utc>) -> Expr {
    let last_seen_at = Expr::col(Column::LastSeenAt).if_null(Column::CreatedAt.into_expr());
    last_seen_at.lt(time)
}

fn constant(value: impl Into<Value>) -> Expr {
    Expr::Constant(value.into())
}

/// Matches a prefix by a range, which has no wildcards and uses the index.
///
/// Keys are ASCII, so those with the prefix sort below the prefix followed by DEL. The statement does not contain a
/// prefix that no username can have, so a constant needs no escapes.
fn begins_with(prefix: &UsernamePrefix, bound: impl Fn(String) -> Expr) -> Condition {
    if !prefix.is_possible() {
        return Condition::all().add(constant(false));
    }
    let (key, prefix) = (Column::UsernameKey.into_expr(), prefix.key());
    Condition::all()
        .add(key.clone().gte(bound(prefix.to_owned())))
        .add(key.lt(bound(format!("{prefix}\u{7f}"))))
}

/// Matches the rows behind the cursor, by a comparison of rows that uses the index of the order.
fn behind(cursor: &UserCursor, order: SortingOrder) -> Expr {
    let value: Value = match &cursor.key {
        UserSortingKey::Username(key) => key.as_str().into(),
        UserSortingKey::Role(role) => RoleRank::from(*role).into(),
        UserSortingKey::IsActive(is_active) => (*is_active).into(),
        UserSortingKey::CreatedAt(time) | UserSortingKey::UpdatedAt(time) => (*time).into(),
    };
    let place = sorting_columns(cursor.key.field());
    let cursor = [Expr::value(value), Expr::value(cursor.id.as_uuid())];
    let (place, cursor): (Vec<_>, Vec<_>) = place.map(ColumnTrait::into_expr).zip(cursor).unzip();
    let (place, cursor) = (Expr::tuple(place), Expr::tuple(cursor));
    match order {
        SortingOrder::Ascending => place.gt(cursor),
        SortingOrder::Descending => place.lt(cursor),
    }
}

/// Returns the column of the field, and the id for users who have the same value.
///
/// Names are unique. There an id would only make PostgreSQL plan for longer.
fn sorting_columns(field: UserSortingField) -> impl Iterator<Item = Column> {
    let (column, is_unique) = match field {
        UserSortingField::Username => (Column::UsernameKey, true),
        UserSortingField::Role => (Column::Role, false),
        UserSortingField::IsActive => (Column::IsActive, false),
        UserSortingField::CreatedAt => (Column::CreatedAt, false),
        UserSortingField::UpdatedAt => (Column::UpdatedAt, false),
    };
    iter::once(column).chain((!is_unique).then_some(Column::Id))
}

fn direction(order: SortingOrder) -> Order {
    match order {
        SortingOrder::Ascending => Order::Asc,
        SortingOrder::Descending => Order::Desc,
    }
}

#[cfg(test)]
mod tests;
