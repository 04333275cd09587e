use std::{fmt, str::FromStr};

use thiserror::Error;

/// What a user may do, from least to most: each role may manage those strictly below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Manages only their own account.
    User,
    /// Manages users.
    Admin,
    /// Manages admins and users. A system account: made and unmade by the operator alone, never over the API.
    SuperAdmin,
}

/// A text that names no role.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("The role must be one of `user`, `admin`, `super_admin`.")]
pub struct UnknownRole;

impl Role {
    /// Every role, from least to most.
    pub const ALL: [Self; 3] = [Self::User, Self::Admin, Self::SuperAdmin];

    /// The name of the role in the API and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::SuperAdmin => "super_admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_rank_from_user_to_super_admin() {
        assert!(Role::User < Role::Admin && Role::Admin < Role::SuperAdmin);
    }

    #[test]
    fn every_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
