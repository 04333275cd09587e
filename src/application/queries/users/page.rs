use thiserror::Error;

use crate::application::{UserView, queries::PageLimit};

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
