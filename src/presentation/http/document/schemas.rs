//! Limits and defaults, which paperclip omits. Each comes from the type that enforces it.

use serde_json::{Value, json};

use crate::application::audit_trail::{AuditAction, RefusalReason};
use crate::{
    application::paging::{PageLimit, PageOffset},
    domain::{
        session::UserAgent,
        user::{PasswordPolicy, Username},
    },
    presentation::http::{
        fields::AssignableRole,
        problem::ProblemCode,
        request::request_id,
        users::list_users::{SortingFieldName, SortingOrderName},
    },
};

/// The characters of a username and their order; the length is separate.
const USERNAME_PATTERN: &str = "^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$";

/// No control character (`char::is_control`).
const PREFIX_PATTERN: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";

/// Returns the additions to the schemas. The body of log-in has none, because log-in checks no rules.
pub fn amendments(password_policy: &PasswordPolicy) -> Value {
    let username = json!({
        "minLength": Username::MIN_LENGTH,
        "maxLength": Username::MAX_LENGTH,
        "pattern": USERNAME_PATTERN,
    });
    let password = json!({
        "minLength": password_policy.min_length(),
        "maxLength": PasswordPolicy::MAX_LENGTH,
    });
    json!({
        "AuditEventList": { "properties": { "events": { "maxItems": PageLimit::MAX } } },
        "AuditEventView": { "properties": {
            "action": { "x-extensible-enum": names(AuditAction::ALL, AuditAction::name) },
            "count": { "minimum": 1 },
            "refusal": { "x-extensible-enum": names(RefusalReason::ALL, RefusalReason::name) },
        } },
        "ChangePasswordBody": { "properties": {
            "username": username,
            "password": password,
            "current_password": { "nullable": true },
        } },
        "CreateUserBody": { "properties": {
            "username": username,
            "password": password,
            "role": { "default": AssignableRole::default() },
        } },
        "CreatedUser": { "properties": { "username": username } },
        "CurrentUser": { "properties": { "username": username } },
        "FoundUser": { "properties": { "username": username } },
        "Health": { "properties": { "status": { "enum": ["ok"] } } },
        "ListedUser": { "properties": { "username": username } },
        "Problem": { "properties": {
            // Not `enum`, so that clients that were generated earlier accept new codes.
            "code": { "x-extensible-enum": names(ProblemCode::ALL, ProblemCode::code) },
            "request_id": { "minLength": 1, "maxLength": request_id::MAX_LENGTH },
            "status": { "minimum": 400, "maximum": 599 },
            "type": { "format": "uri" },
        } },
        "LinkView": { "properties": { "username": username } },
        "RedeemLinkBody": { "properties": { "password": password } },
        "SessionView": { "properties": { "user_agent": { "minLength": 1, "maxLength": UserAgent::MAX_LENGTH } } },
        "SignUpBody": { "properties": { "username": username, "password": password } },
        "TargetUser": { "properties": { "username": username } },
        "UserList": { "properties": {
            "limit": limit(),
            "offset": offset(),
            "total": { "minimum": 0 },
            "users": { "maxItems": PageLimit::MAX },
        } },
        "UserView": { "properties": { "username": username } },
    })
}

/// Returns the additions to the parameter of this name.
pub fn parameter(name: &str) -> Value {
    match name {
        "action" => json!({ "schema": { "enum": names(AuditAction::ALL, AuditAction::name) } }),
        "include_total" => json!({ "schema": { "default": false } }),
        "limit" => json!({ "schema": with_default(limit(), json!(PageLimit::default().get())) }),
        "offset" => json!({ "schema": with_default(offset(), json!(PageOffset::default().get())) }),
        "session_id" => json!({ "description": "The id of the session." }),
        "sorting_field" => json!({ "schema": { "default": SortingFieldName::default() } }),
        "sorting_order" => json!({ "schema": { "default": SortingOrderName::default() } }),
        "user_id" => json!({ "description": "The id of the user." }),
        "username" => json!({ "schema": { "maxLength": Username::MAX_LENGTH, "pattern": PREFIX_PATTERN } }),
        _ => json!({}),
    }
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().copied().map(name).collect()
}

fn limit() -> Value {
    json!({ "minimum": PageLimit::MIN, "maximum": PageLimit::MAX })
}

fn offset() -> Value {
    json!({ "minimum": 0, "maximum": PageOffset::MAX })
}

fn with_default(mut schema: Value, default: Value) -> Value {
    schema["default"] = default;
    schema
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_lite::Regex;

    use super::*;
    use crate::domain::user::UsernamePrefix;

    proptest! {
        #[test]
        fn the_pattern_of_usernames_says_what_the_rules_say(text in "[a-c._-]{5,9}|.{5,20}") {
            let pattern = Regex::new(USERNAME_PATTERN).unwrap();
            prop_assert_eq!(pattern.is_match(&text), Username::new(text.as_str()).is_ok());
        }

        #[test]
        fn the_pattern_of_prefixes_says_what_the_rule_says(text in r"[\PC\u{0}-\u{a0}]{0,5}") {
            let pattern = Regex::new(PREFIX_PATTERN).unwrap();
            prop_assert_eq!(pattern.is_match(&text), UsernamePrefix::new(&text).is_ok());
        }
    }
}
