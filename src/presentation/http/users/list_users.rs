//! `GET /api/v1/users/`.

use std::fmt;

use chrono::{DateTime, Utc};
use paperclip::{
    actix::{
        Apiv2Schema, api_v2_operation,
        web::{Data, Json},
    },
    v2::models::DataType,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    application::{
        paging::{
            Counting, InvalidPageOffset, PageLimit, PageOffset, SortingOrder, UserCursor, UserFilter, UserPage,
            UserPageRequest, UserPageStart, UserSortingField,
        },
        ports::StorageError,
        queries::users::{ListUsers, ListUsersError},
        views::UserDetails,
    },
    domain::user::UsernamePrefix,
    presentation::http::{
        describe::{Details, samples},
        extract::{Authenticated, Params, QueryParams},
        failure::{Failure, refusals},
        fields::{OrDefault, Param, ParamValue, user_cursor},
        json::{RoleName, UserView},
        problem::FieldError,
    },
};

/// Filters, order and page of the list of users.
#[derive(Debug, Deserialize, Apiv2Schema)]
pub struct ListUsersParams {
    /// Maximum number of users to return.
    #[serde(default)]
    limit: OrDefault<Param<PageLimit>>,
    /// Only users after this cursor: the `next_cursor` of the previous page, with the same `sorting_field`.
    after: Option<Param<UserCursor>>,
    /// Number of users to skip. It slows down as the offset grows. To read all users, use `after`.
    #[serde(default)]
    offset: OrDefault<Param<PageOffset>>,
    /// The field to sort by. Roles sort by rank; ties are broken by id, in the same order.
    #[serde(default)]
    sorting_field: OrDefault<SortingFieldName>,
    /// The direction to sort in. Lower case is accepted too.
    #[serde(default)]
    sorting_order: OrDefault<SortingOrderName>,
    /// Only users of this role.
    role: Option<RoleName>,
    /// Only active, or only inactive users.
    is_active: Option<bool>,
    /// Only users whose name starts with this text, in any case. There are no wildcards.
    username: Option<Param<UsernamePrefix>>,
    /// Only users not seen since this time, and created before it. It slows down if few of many users match.
    not_seen_since: Option<Param<DateTime<Utc>>>,
    /// Whether to count all matching users. It slows down as their number grows.
    #[serde(default)]
    include_total: OrDefault<bool>,
}

/// A page of users.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct UserList {
    /// The users on this page.
    users: Vec<ListedUser>,
    /// The parameter `after` of the next page, if there is one.
    next_cursor: Option<String>,
    /// Number of users on all pages, up to 1,000 unless all were to be counted.
    total: u64,
    /// Whether `total` is exact, not capped.
    total_is_exact: bool,
    /// The requested maximum number of users.
    limit: u32,
    /// Number of users that were skipped.
    offset: u32,
}

/// A user of a list.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct ListedUser {
    #[serde(flatten)]
    user: UserView,
    /// When the user was last seen, accurate to five minutes; `null` if the user never logged in.
    last_seen_at: Option<DateTime<Utc>>,
}

/// The field to sort users by.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Apiv2Schema)]
#[serde(rename_all = "snake_case")]
pub enum SortingFieldName {
    /// The username, regardless of case.
    #[default]
    Username,
    /// The rank of the role.
    Role,
    /// Inactive before active.
    IsActive,
    /// The time of creation.
    CreatedAt,
    /// The time of the last change.
    UpdatedAt,
}

/// The direction to sort in.
// The OpenAPI document omits the aliases, because some client generators fail at names that differ only in case.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, Apiv2Schema)]
pub enum SortingOrderName {
    /// Lowest first.
    #[default]
    #[serde(rename = "ASC", alias = "asc")]
    Ascending,
    /// Highest first.
    #[serde(rename = "DESC", alias = "desc")]
    Descending,
}

refusals! {
    ListUsersError {
        Self::NotAuthorized(_) => NotAuthorized,
    } delegating {
        Storage(StorageError),
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(|| {
        json!({
            "users": [samples::listed(samples::ada())],
            "next_cursor": "dQGbeW3WAHwunV9LGm48jyBhZGEubG92ZWxhY2U",
            "total": 3,
            "total_is_exact": true,
            "limit": 1,
            "offset": 0,
        })
    }),
    ..Details::of("listUsers")
};

/// List users.
///
/// Open to admins and super admins. Filters, sorts and paginates; `total` counts the users that match the filters, up
/// to 1,000 or, with `include_total`, all of them. Changes nothing. Rejects a plain user, and unknown parameters.
#[api_v2_operation(tags(Users), operation_id = "listUsers")]
pub async fn list_users(
    Authenticated(actor, Params(params)): Authenticated<Params<ListUsersParams>>,
    list_users: Data<ListUsers>,
) -> Result<Json<UserList>, Failure<ListUsersError>> {
    let request = params.page_request();
    let page = list_users.execute(&actor, &params.filter(), &request).await?;
    Ok(Json(UserList::new(page, &request)))
}

impl QueryParams for ListUsersParams {
    fn conflict(&self) -> Option<FieldError> {
        let Param(cursor) = self.after.as_ref()?;
        let rule = if cursor.key.field() != self.sorting_field() {
            "must be from a page with the same `sorting_field`; ask with that one, or leave this out"
        } else if self.offset.0.0.get() > 0 {
            "must not be given with an `offset`; leave one of them out"
        } else {
            return None;
        };
        Some(FieldError::new("after", rule))
    }
}

impl ListUsersParams {
    fn page_request(&self) -> UserPageRequest {
        UserPageRequest {
            limit: self.limit.0.0,
            start: match &self.after {
                Some(Param(cursor)) => UserPageStart::After(cursor.clone()),
                None => UserPageStart::Offset {
                    sorting_field: self.sorting_field(),
                    offset: self.offset.0.0,
                },
            },
            sorting_order: match *self.sorting_order {
                SortingOrderName::Ascending => SortingOrder::Ascending,
                SortingOrderName::Descending => SortingOrder::Descending,
            },
            counting: if *self.include_total {
                Counting::Complete
            } else {
                Counting::Capped
            },
        }
    }

    fn sorting_field(&self) -> UserSortingField {
        match *self.sorting_field {
            SortingFieldName::Username => UserSortingField::Username,
            SortingFieldName::Role => UserSortingField::Role,
            SortingFieldName::IsActive => UserSortingField::IsActive,
            SortingFieldName::CreatedAt => UserSortingField::CreatedAt,
            SortingFieldName::UpdatedAt => UserSortingField::UpdatedAt,
        }
    }

    fn filter(self) -> UserFilter {
        UserFilter {
            role: self.role.map(Into::into),
            is_active: self.is_active,
            username: self.username.map(|prefix| prefix.0),
            not_seen_since: self.not_seen_since.map(|time| time.0),
        }
    }
}

impl UserList {
    fn new(page: UserPage, request: &UserPageRequest) -> Self {
        Self {
            users: page.users.into_iter().map(Into::into).collect(),
            next_cursor: page.next.as_ref().map(user_cursor),
            total: page.total.count,
            total_is_exact: page.total.is_exact,
            limit: request.limit.get(),
            offset: request.start.offset().get(),
        }
    }
}

impl From<UserDetails> for ListedUser {
    fn from(details: UserDetails) -> Self {
        Self {
            user: details.user.into(),
            last_seen_at: details.last_seen_at,
        }
    }
}

impl ParamValue for PageOffset {
    const DATA_TYPE: DataType = DataType::Integer;

    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        text.parse().map_err(|_| InvalidPageOffset).and_then(Self::new)
    }
}

impl ParamValue for UsernamePrefix {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        Self::new(text)
    }
}
