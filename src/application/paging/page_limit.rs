use thiserror::Error;

/// The size of a page, in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u32);

/// A page size out of bounds.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("must be an integer from {} to {}", PageLimit::MIN, PageLimit::MAX)]
pub struct InvalidPageLimit;

impl PageLimit {
    /// The size of the smallest page.
    pub const MIN: u32 = 1;
    /// The size of the largest page.
    pub const MAX: u32 = 100;

    /// Creates a page size of `limit` entries.
    ///
    /// # Errors
    /// [`InvalidPageLimit`] if it is not from [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub fn new(limit: u32) -> Result<Self, InvalidPageLimit> {
        let is_valid = (Self::MIN..=Self::MAX).contains(&limit);
        is_valid.then_some(Self(limit)).ok_or(InvalidPageLimit)
    }

    /// Returns the number of entries.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_from_1_to_100_entries_and_20_by_default() {
        assert_eq!(PageLimit::new(0), Err(InvalidPageLimit));
        assert_eq!(PageLimit::new(1).map(PageLimit::get), Ok(1));
        assert_eq!(PageLimit::new(100).map(PageLimit::get), Ok(100));
        assert_eq!(PageLimit::new(101), Err(InvalidPageLimit));
        assert_eq!(PageLimit::default().get(), 20);
    }
}
