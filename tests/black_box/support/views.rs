use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use super::Answer;

/// The fields of the user view.
const USER: [&str; 7] = [
    "created_at",
    "id",
    "is_active",
    "is_invited",
    "role",
    "updated_at",
    "username",
];

/// Asserts that this is the user view of the contract, with nothing else in it, and returns it.
#[track_caller]
pub fn assert_user_view(view: &Value) {
    assert_user_and(view, &[]);
}

/// Asserts that this is the user view of a list, with nothing else in it.
#[track_caller]
pub fn assert_listed_user(view: &Value) {
    assert_user_and(view, &["last_seen_at"]);
}

/// The user view within a larger view of a user.
pub fn user_of(view: &Value) -> Value {
    let fields = view.as_object().into_iter().flatten();
    let of_user = fields.filter(|(name, _)| USER.contains(&name.as_str()));
    of_user.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Asserts that this is the user view with the end of the session.
#[track_caller]
pub fn assert_current_user(view: &Value) {
    assert_user_and(view, &["session_expires_at"]);
}

/// Asserts that this is the session view of the contract, with nothing else in it.
#[track_caller]
pub fn assert_session_view(view: &Value) {
    assert_fields(
        view,
        &[
            "address",
            "created_at",
            "current",
            "expires_at",
            "id",
            "last_seen_at",
            "user_agent",
        ],
    );
}

/// A time as views show it: RFC 3339 in UTC.
#[track_caller]
pub fn time(value: &Value) -> DateTime<FixedOffset> {
    let text = value.as_str().unwrap();
    assert!(text.ends_with('Z'), "{text}");
    DateTime::parse_from_rfc3339(text).unwrap()
}

/// The names of the fields or parameters that a request of the wrong shape is blamed for.
#[track_caller]
pub fn blamed(answer: &Answer) -> Vec<String> {
    let problem = answer.problem(422, "validation_failed");
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            assert_fields(error, &["field", "message"]);
            error["field"].as_str().unwrap().to_owned()
        })
        .collect()
}

/// Asserts that this is the user view with `more` fields, in their order.
#[track_caller]
fn assert_user_and(view: &Value, more: &[&str]) {
    let mut names = USER.to_vec();
    names.extend(more);
    names.sort_unstable();
    assert_fields(view, &names);
}

#[track_caller]
fn assert_fields(view: &Value, names: &[&str]) {
    let fields = view.as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), names, "{view}");
    for (name, value) in fields {
        let text = value.as_str().unwrap_or_default();
        match name.as_str() {
            "id" => assert_eq!(uuid::Uuid::parse_str(text).unwrap().get_version_num(), 7, "{view}"),
            "current" | "is_active" | "is_invited" => assert!(value.is_boolean(), "{view}"),
            "user_agent" => assert!(value.is_null() || !text.is_empty(), "{view}"),
            "last_seen_at" if value.is_null() => {}
            name if name.ends_with("_at") => assert!(time(value) > DateTime::UNIX_EPOCH, "{view}"),
            _ => assert!(!text.is_empty(), "{view}"),
        }
    }
}
