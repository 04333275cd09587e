use thiserror::Error;

use super::{Counting, PageLimit, SortingOrder, Total, UserCursor, UserSortingField};
use crate::{
    application::views::UserView,
    domain::user::{Role, UsernamePrefix},
};

/// Which users are wanted; what is not given matches everyone.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Only users of this role.
    pub role: Option<Role>,
    /// Only active, or only inactive users.
    pub is_active: Option<bool>,
    /// Only users whose name starts like this.
    pub username: Option<UsernamePrefix>,
}

/// Which part of the sorted users is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserPageRequest {
    /// How many users at the most.
    pub limit: PageLimit,
    /// Where the page begins, and by what they are sorted.
    pub start: UserPageStart,
    /// In which direction they are sorted.
    pub sorting_order: SortingOrder,
    /// How far all of them are counted.
    pub counting: Counting,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserPageStart {
    /// Behind so many users. To pass over them takes the longer the more they are, and they may change places meanwhile.
    Offset {
        /// By what users are sorted.
        sorting_field: UserSortingField,
        /// How many to pass over.
        offset: PageOffset,
    },
    /// Behind this place, among users who are sorted by the field that it tells the value of.
    After(UserCursor),
}

/// A part of the sorted users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPage {
    /// The users on this page.
    pub users: Vec<UserView>,
    /// Behind which place the next page begins, if there is one.
    pub next: Option<UserCursor>,
    /// How many users there are on all pages together.
    pub total: Total,
}

/// The place of the first user of a page, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageOffset(u32);

/// A place out of bounds.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must be an integer from 0 to {}", PageOffset::MAX)]
pub struct InvalidPageOffset;

impl UserPageStart {
    /// By what users are sorted.
    pub fn sorting_field(&self) -> UserSortingField {
        match self {
            Self::Offset { sorting_field, .. } => *sorting_field,
            Self::After(cursor) => cursor.key.field(),
        }
    }

    /// How many users to pass over.
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
    /// A page of these users, which are one more than were asked for if there is a next page.
    pub fn of(mut users: Vec<UserView>, total: Total, request: &UserPageRequest) -> Self {
        let limit = request.limit.get() as usize;
        let has_next = users.len() > limit;
        users.truncate(limit);
        let last = users.last().filter(|_| has_next);
        Self {
            next: last.map(|user| UserCursor::of(user, request.start.sorting_field())),
            users,
            total,
        }
    }
}

impl PageOffset {
    /// The last place that can be asked for.
    pub const MAX: u32 = i32::MAX as u32;

    /// Takes `offset` as the place of a page's first user.
    ///
    /// # Errors
    /// [`InvalidPageOffset`] if it is above [`MAX`](Self::MAX).
    pub fn new(offset: u32) -> Result<Self, InvalidPageOffset> {
        if offset <= Self::MAX {
            Ok(Self(offset))
        } else {
            Err(InvalidPageOffset)
        }
    }

    /// The number of users to pass over.
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
