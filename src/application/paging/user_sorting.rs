/// The field by which users are sorted.
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
