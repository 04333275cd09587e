//! What pages call roles.

use crate::domain::user::Role;

/// Returns the name of a role for people.
pub fn role(role: &Role) -> &'static str {
    match role {
        Role::User => "User",
        Role::Admin => "Admin",
        Role::SuperAdmin => "Super admin",
    }
}

/// Returns the name of an action or a reason, such as `log_in`, for people: `Log in`.
pub fn words(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_words() {
        assert_eq!(words("end_user_sessions"), "End user sessions");
        assert_eq!(words(""), "");
    }
}
