use std::fmt;

/// What a user may do, from least to most: each role may manage those strictly below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Manages only their own account.
    User,
    /// Manages users.
    Admin,
    /// Manages admins and users. A system account, which only the operator makes and unmakes.
    SuperAdmin,
}

impl Role {
    /// All roles, from least to most.
    pub const ALL: [Self; 3] = [Self::User, Self::Admin, Self::SuperAdmin];

    /// Returns the role with this [name](Self::as_str).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Returns the name of the role in the API and in logs.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_rank_from_user_to_super_admin() {
        assert!(Role::User < Role::Admin && Role::Admin < Role::SuperAdmin);
        assert!(Role::ALL.is_sorted());
    }
}
