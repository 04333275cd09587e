//! `/console/users`.

use std::fmt;

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use crate::{
    application::{
        access::{Permission, authorize},
        paging::{
            Counting, PageLimit, PageOffset, SortingOrder, Total, UserCursor, UserFilter, UserPage, UserPageRequest,
            UserPageStart, UserSortingField,
        },
        queries::users::{ListUsers, ListUsersError},
        views::UserDetails,
    },
    domain::user::{Role, UsernamePrefix},
    presentation::{
        http::{
            extract::{Authenticated, Params, QueryParams},
            failure::Failure,
            fields::{ParamValue, user_cursor},
            problem::FieldError,
        },
        pages::{
            filter::Filter,
            form::{Rejection, trimmed},
            labels,
            visit::{Shell, Visit},
        },
    },
};

/// Filters, order and page of the list.
#[derive(Debug, Deserialize)]
pub struct ListUsersParams {
    #[serde(default, deserialize_with = "trimmed")]
    username: String,
    #[serde(default)]
    role: Filter<Role>,
    #[serde(default)]
    is_active: Filter<bool>,
    #[serde(default)]
    not_seen_since: Filter<NaiveDate>,
    #[serde(default)]
    sort: Filter<&'static Sorting>,
    #[serde(default)]
    after: Filter<UserCursor>,
}

/// An order of the list.
#[derive(Debug, PartialEq, Eq)]
struct Sorting {
    name: &'static str,
    label: &'static str,
    field: UserSortingField,
    order: SortingOrder,
}

/// The orders that the page offers, the default first.
const SORTINGS: &[Sorting] = &[
    Sorting::new(
        "username",
        "Username, A to Z",
        UserSortingField::Username,
        SortingOrder::Ascending,
    ),
    Sorting::new(
        "username-desc",
        "Username, Z to A",
        UserSortingField::Username,
        SortingOrder::Descending,
    ),
    Sorting::new(
        "newest",
        "Newest first",
        UserSortingField::CreatedAt,
        SortingOrder::Descending,
    ),
    Sorting::new(
        "oldest",
        "Oldest first",
        UserSortingField::CreatedAt,
        SortingOrder::Ascending,
    ),
    Sorting::new(
        "changed",
        "Last changed first",
        UserSortingField::UpdatedAt,
        SortingOrder::Descending,
    ),
    Sorting::new(
        "role",
        "Highest role first",
        UserSortingField::Role,
        SortingOrder::Descending,
    ),
    Sorting::new(
        "inactive",
        "Inactive first",
        UserSortingField::IsActive,
        SortingOrder::Ascending,
    ),
];

#[derive(Template)]
#[template(path = "users/list_users.html")]
struct ListUsersPage {
    shell: Shell,
    rejection: Rejection,
    params: ListUsersParams,
    users: Vec<UserDetails>,
    total: Total,
    next: Option<String>,
    may_create: bool,
}

/// Lists users.
pub async fn list_users(
    Authenticated(actor, Params(params)): Authenticated<Params<ListUsersParams>>,
    visit: Visit,
    list_users: Data<ListUsers>,
) -> Result<HttpResponse, Failure<ListUsersError>> {
    let may_create = authorize(&actor, Permission::manage(Role::User)).is_ok();
    let request = params.page_request();
    let (page, rejection) = match UsernamePrefix::new(&params.username) {
        Ok(prefix) => {
            let filter = params.filter(prefix);
            (
                list_users.execute(&actor, &filter, &request).await?,
                Rejection::default(),
            )
        }
        Err(error) => {
            let page = UserPage::of(Vec::new(), Total::of(0, Counting::default()), &request);
            (page, Rejection::of_field("username", format!("It {error}.")))
        }
    };
    let is_rejected = rejection.is_some();
    let page = ListUsersPage {
        shell: visit.shell(&actor),
        rejection,
        next: page.next.map(|cursor| params.address_after(&user_cursor(&cursor))),
        params,
        users: page.users,
        total: page.total,
        may_create,
    };
    Ok(if is_rejected {
        visit.page_again(&page)
    } else {
        visit.page(&page)
    })
}

impl QueryParams for ListUsersParams {
    fn conflict(&self) -> Option<FieldError> {
        let cursor = self.after.0.as_ref()?;
        let is_of_sorting = cursor.key.field() == self.sorting().field;
        (!is_of_sorting).then(|| FieldError::new("after", "must be from a page with the same order"))
    }
}

impl ListUsersParams {
    fn sorting(&self) -> &'static Sorting {
        self.sort.0.unwrap_or(&SORTINGS[0])
    }

    fn page_request(&self) -> UserPageRequest {
        let Sorting { field, order, .. } = self.sorting();
        UserPageRequest {
            limit: PageLimit::default(),
            start: match &self.after.0 {
                Some(cursor) => UserPageStart::After(cursor.clone()),
                None => UserPageStart::Offset {
                    sorting_field: *field,
                    offset: PageOffset::default(),
                },
            },
            sorting_order: *order,
            counting: Counting::Capped,
        }
    }

    fn filter(&self, prefix: UsernamePrefix) -> UserFilter {
        UserFilter {
            role: self.role.0,
            is_active: self.is_active.0,
            username: (!self.username.is_empty()).then_some(prefix),
            not_seen_since: self
                .not_seen_since
                .0
                .map(|date| date.and_time(NaiveTime::MIN).and_utc()),
        }
    }

    /// Returns the address of the page after `cursor`, with the same filters and order.
    fn address_after(&self, cursor: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("username", &self.username);
        if let Some(role) = self.role.0 {
            query.append_pair("role", role.as_str());
        }
        if let Some(is_active) = self.is_active.0 {
            query.append_pair("is_active", if is_active { "true" } else { "false" });
        }
        if let Some(date) = self.not_seen_since.0 {
            query.append_pair("not_seen_since", &date.to_string());
        }
        query
            .append_pair("sort", self.sorting().name)
            .append_pair("after", cursor);
        format!("/console/users?{}", query.finish())
    }

    /// Returns whether the list is filtered, or begins at a later page.
    fn is_narrowed(&self) -> bool {
        !self.username.is_empty()
            || self.role.0.is_some()
            || self.is_active.0.is_some()
            || self.not_seen_since.0.is_some()
            || self.after.0.is_some()
    }
}

impl Sorting {
    const fn new(name: &'static str, label: &'static str, field: UserSortingField, order: SortingOrder) -> Self {
        Self {
            name,
            label,
            field,
            order,
        }
    }
}

impl ParamValue for &'static Sorting {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        let found = SORTINGS.iter().find(|sorting| sorting.name == text);
        found.ok_or("must be one of the orders that the page offers")
    }
}
