//! What pages call roles, and say about passwords.

use crate::domain::user::{PasswordPolicy, Role};

/// Returns the name of a role for people.
pub fn role(role: &Role) -> &'static str {
    match role {
        Role::User => "User",
        Role::Admin => "Admin",
        Role::SuperAdmin => "Super admin",
    }
}

/// Returns what a form says about new passwords.
pub fn new_password(policy: &PasswordPolicy) -> String {
    let length = policy.min_length();
    let words = if policy.has_context_words() {
        " It must not contain words of this service, such as its name."
    } else {
        ""
    };
    format!("At least {length} characters of any kind. Longer is safer: a few words make a good one.{words}")
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
    use crate::domain::user::ContextWord;

    #[test]
    fn context_words_are_mentioned_if_there_are_any() {
        let policy = PasswordPolicy::new(15);
        let hint = new_password(&policy);
        assert!(
            hint.starts_with("At least 15 characters") && !hint.contains("service"),
            "{hint}"
        );
        let words = vec![ContextWord::new("Gatehouse").unwrap()];
        let hint = new_password(&policy.with_context_words(words));
        assert!(hint.ends_with(" such as its name."), "{hint}");
    }

    #[test]
    fn a_name_is_shown_as_words() {
        assert_eq!(words("end_user_sessions"), "End user sessions");
        assert_eq!(words(""), "");
    }
}
