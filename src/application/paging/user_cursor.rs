use chrono::{DateTime, Utc};

use super::UserSortingField;
use crate::{
    application::views::UserView,
    domain::user::{Role, UserId},
};

/// A position in the list of users, which stays the same if the user changes.
///
/// Cursors of one sorting field compare in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserCursor {
    /// The user's value of the sorting field.
    pub key: UserSortingKey,
    /// The id of the user, which breaks ties.
    pub id: UserId,
}

/// The value of a sorting field.
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
    /// Returns the position of `user` in a list sorted by `field`.
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
    /// Returns the field that this is a value of.
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
