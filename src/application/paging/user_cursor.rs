use chrono::{DateTime, Utc};

use super::UserSortingField;
use crate::{
    application::views::UserView,
    domain::user::{Role, UserId},
};

/// A place in the list of users: that of a user as it was when it was looked at. It stays where it is when the user changes.
///
/// Of one sorting field, cursors are in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserCursor {
    /// What the user was sorted by.
    pub key: UserSortingKey,
    /// The id of the user, by which ties are broken.
    pub id: UserId,
}

/// What a user is sorted by: the value of a sorting field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserSortingKey {
    /// The key of the username.
    Username(String),
    /// The role.
    Role(Role),
    /// Whether the user may log in.
    IsActive(bool),
    /// The time of creation, to the microsecond.
    CreatedAt(DateTime<Utc>),
    /// The time of the last change, to the microsecond.
    UpdatedAt(DateTime<Utc>),
}

impl UserCursor {
    /// The place of `user` among users who are sorted by `field`.
    pub fn of(user: &UserView, field: UserSortingField) -> Self {
        let key = match field {
            UserSortingField::Username => UserSortingKey::Username(user.username.to_ascii_lowercase()),
            UserSortingField::Role => UserSortingKey::Role(user.role),
            UserSortingField::IsActive => UserSortingKey::IsActive(user.is_active),
            UserSortingField::CreatedAt => UserSortingKey::CreatedAt(user.created_at),
            UserSortingField::UpdatedAt => UserSortingKey::UpdatedAt(user.updated_at),
        };
        Self { key, id: user.id }
    }
}

impl UserSortingKey {
    /// The field that this is a value of.
    pub fn field(&self) -> UserSortingField {
        match self {
            Self::Username(_) => UserSortingField::Username,
            Self::Role(_) => UserSortingField::Role,
            Self::IsActive(_) => UserSortingField::IsActive,
            Self::CreatedAt(_) => UserSortingField::CreatedAt,
            Self::UpdatedAt(_) => UserSortingField::UpdatedAt,
        }
    }
}
