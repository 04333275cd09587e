use thiserror::Error;

use crate::application::UserView;

/// Which part of the sorted users is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserPageRequest {
    /// How many users at the most.
    pub limit: PageLimit,
    /// How many users to pass over first.
    pub offset: PageOffset,
    /// By what they are sorted.
    pub sorting_field: UserSortingField,
    /// In which direction.
    pub sorting_order: SortingOrder,
}

/// A part of the sorted users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPage {
    /// The users on this page.
    pub users: Vec<UserView>,
    /// How many users there are on all pages together.
    pub total: u64,
}

/// The size of a page, in users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u32);

/// A page size out of bounds.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must be an integer from {} to {}", PageLimit::MIN, PageLimit::MAX)]
pub struct InvalidPageLimit;

/// The place of the first user of a page, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageOffset(u32);

/// A place out of bounds.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must be an integer from 0 to {}", PageOffset::MAX)]
pub struct InvalidPageOffset;

/// By what users are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserSortingField {
    /// The bytes of the username's key.
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

/// The direction of sorting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortingOrder {
    /// From least to most.
    #[default]
    Ascending,
    /// From most to least.
    Descending,
}

impl PageLimit {
    /// The size of the smallest page.
    pub const MIN: u32 = 1;
    /// The size of the largest page.
    pub const MAX: u32 = 100;

    /// Takes `limit` as the size of a page.
    ///
    /// # Errors
    /// [`InvalidPageLimit`] if it is not from [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub fn new(limit: u32) -> Result<Self, InvalidPageLimit> {
        if (Self::MIN..=Self::MAX).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(InvalidPageLimit)
        }
    }

    /// The number of users.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(20)
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
    fn a_page_holds_from_1_to_100_users_and_20_by_default() {
        assert_eq!(PageLimit::new(0), Err(InvalidPageLimit));
        assert_eq!(PageLimit::new(1).map(PageLimit::get), Ok(1));
        assert_eq!(PageLimit::new(100).map(PageLimit::get), Ok(100));
        assert_eq!(PageLimit::new(101), Err(InvalidPageLimit));
        assert_eq!(PageLimit::default().get(), 20);
    }

    #[test]
    fn a_page_starts_at_any_place_up_to_the_largest_signed_integer() {
        assert_eq!(PageOffset::default().get(), 0);
        assert!(PageOffset::new(2_147_483_647).is_ok());
        assert_eq!(PageOffset::new(2_147_483_648), Err(InvalidPageOffset));
    }
}
