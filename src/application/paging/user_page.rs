use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{Counting, PageLimit, SortingOrder, Total, UserCursor, UserSortingField};
use crate::{
    application::views::UserDetails,
    domain::user::{Role, UsernamePrefix},
};

/// Selects users. A field that is `None` matches every user.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Only users of this role.
    pub role: Option<Role>,
    /// Only active, or only inactive users.
    pub is_active: Option<bool>,
    /// Only users whose name has this prefix.
    pub username: Option<UsernamePrefix>,
    /// Only users who were last seen before this time, or never, and were created before it.
    pub not_seen_since: Option<DateTime<Utc>>,
}

/// Selects a page of the sorted users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserPageRequest {
    /// The largest number of users.
    pub limit: PageLimit,
    /// Where the page begins, and the sorting field.
    pub start: UserPageStart,
    /// The direction of sorting.
    pub sorting_order: SortingOrder,
    /// How many users are counted for the total.
    pub counting: Counting,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserPageStart {
    /// After `offset` users. This slows down as the offset grows, and users may move between pages.
    Offset {
        /// The sorting field.
        sorting_field: UserSortingField,
        /// The number of users to skip.
        offset: PageOffset,
    },
    /// After this position, in the order of its sorting field.
    After(UserCursor),
}

/// A page of the sorted users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPage {
    /// The users on this page.
    pub users: Vec<UserDetails>,
    /// The position after which the next page begins, if there is one.
    pub next: Option<UserCursor>,
    /// The number of users on all pages together.
    pub total: Total,
}

/// The number of users before a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageOffset(u32);

/// An offset out of bounds.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must be an integer from 0 to {}", PageOffset::MAX)]
pub struct InvalidPageOffset;

impl UserPageStart {
    /// Returns the sorting field.
    pub fn sorting_field(&self) -> UserSortingField {
        match self {
            Self::Offset { sorting_field, .. } => *sorting_field,
            Self::After(cursor) => cursor.key.field(),
        }
    }

    /// Returns the number of users to skip.
    pub fn offset(&self) -> PageOffset {
        match self {
            Self::Offset { offset, .. } => *offset,
            Self::After(_) => PageOffset::default(),
        }
    }
}

impl Default for UserPageStart {
    fn default() -> Self {
        Self::Offset {
            sorting_field: UserSortingField::default(),
            offset: PageOffset::default(),
        }
    }
}

impl UserPage {
    /// Builds a page. If there is a next one, `users` has one more entry than the limit.
    pub fn of(mut users: Vec<UserDetails>, total: Total, request: &UserPageRequest) -> Self {
        let limit = request.limit.get() as usize;
        let has_next = users.len() > limit;
        users.truncate(limit);
        let last = users.last().filter(|_| has_next);
        Self {
            next: last.map(|details| UserCursor::of(&details.user, request.start.sorting_field())),
            users,
            total,
        }
    }
}

impl PageOffset {
    /// The largest offset.
    pub const MAX: u32 = i32::MAX as u32;

    /// Creates an offset of `offset` users.
    ///
    /// # Errors
    /// [`InvalidPageOffset`] if it is above [`MAX`](Self::MAX).
    pub fn new(offset: u32) -> Result<Self, InvalidPageOffset> {
        let is_valid = offset <= Self::MAX;
        is_valid.then_some(Self(offset)).ok_or(InvalidPageOffset)
    }

    /// Returns the number of users to skip.
    pub fn get(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_starts_at_any_place_up_to_the_largest_signed_integer() {
        assert_eq!(PageOffset::default().get(), 0);
        assert!(PageOffset::new(2_147_483_647).is_ok());
        assert_eq!(PageOffset::new(2_147_483_648), Err(InvalidPageOffset));
    }
}
