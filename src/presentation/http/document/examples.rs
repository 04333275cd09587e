//! Examples: of every operation a request and the answer of success, of every kind of problem a document.

use serde_json::{Value, json};

use crate::{
    domain::user::PasswordPolicy,
    presentation::http::problem::{FieldError, Problem, ProblemCode},
};

const ADA: &str = "Ada.Lovelace";
const PASSWORD: &str = "correct horse battery staple";
const NEW_PASSWORD: &str = "a longer sentence is a better password";
const ID: &str = "019b796d-d600-7c2e-9d5f-4b1a6e3c8f20";
const CURSOR: &str = "dQGbeW3WAHwunV9LGm48jyBhZGEubG92ZWxhY2U";
const TIME: &str = "2026-01-01T12:00:00Z";

/// A body that the operation takes when new passwords follow this policy.
pub fn request(operation_id: &str, password_policy: &PasswordPolicy) -> Option<Value> {
    let long_enough = |phrase: &str| -> String {
        let length = phrase.len().max(password_policy.min_length());
        phrase.chars().cycle().take(length).collect()
    };
    let password = long_enough(PASSWORD);
    match operation_id {
        "logIn" | "signUp" => Some(json!({ "username": ADA, "password": password })),
        "createUser" => Some(json!({ "username": "Grace.Hopper", "password": password, "role": "admin" })),
        "grantAdmin" | "inactivateUser" | "reactivateUser" | "revokeAdmin" => Some(json!({ "username": ADA })),
        "changePassword" => Some(json!({
            "username": ADA,
            "password": long_enough(NEW_PASSWORD),
            "current_password": password,
        })),
        _ => None,
    }
}

/// A body that the operation answers with when it succeeds.
pub fn success(operation_id: &str) -> Option<Value> {
    match operation_id {
        "apiAlive" | "live" | "ready" => Some(json!({ "status": "ok" })),
        "logIn" | "whoAmI" => {
            let mut caller = user(ADA, "user", true);
            caller["session_expires_at"] = json!("2026-01-01T13:00:00Z");
            Some(caller)
        }
        "getUser" | "reactivateUser" | "revokeAdmin" | "signUp" => Some(user(ADA, "user", true)),
        "inactivateUser" => Some(user(ADA, "user", false)),
        "grantAdmin" => Some(user(ADA, "admin", true)),
        "createUser" => Some(user("Grace.Hopper", "admin", true)),
        "listAuditEvents" => Some(json!({ "events": [audit_event()], "next_cursor": ID })),
        "listSessions" => Some(json!({ "sessions": [session(true)] })),
        "listUserSessions" => Some(json!({ "sessions": [session(false)] })),
        "listUsers" => Some(json!({
            "users": [user(ADA, "user", true)],
            "next_cursor": CURSOR,
            "total": 3,
            "total_is_exact": true,
            "limit": 1,
            "offset": 0,
        })),
        _ => None,
    }
}

/// A document of this kind of problem.
pub fn problem(code: ProblemCode) -> Value {
    let problem = match code {
        ProblemCode::ValidationFailed => Problem::validation(vec![FieldError {
            field: "username".to_owned(),
            message: "is required".to_owned(),
        }]),
        code => Problem::new(code),
    };
    let mut value = json!(problem);
    value["request_id"] = json!(ID);
    json!({ "summary": code.title(), "value": value })
}

fn session(current: bool) -> Value {
    json!({
        "id": ID,
        "created_at": TIME,
        "last_seen_at": TIME,
        "expires_at": "2026-01-01T13:00:00Z",
        "address": "192.0.2.1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0",
        "current": current,
    })
}

fn audit_event() -> Value {
    json!({
        "id": ID,
        "occurred_at": TIME,
        "actor": "user",
        "actor_id": ID,
        "actor_username": ADA,
        "session_id": ID,
        "operator_name": null,
        "action": "change_password",
        "target_id": ID,
        "target_username": ADA,
        "outcome": "success",
        "refusal": null,
        "count": 1,
        "address": "192.0.2.1",
        "request_id": ID,
    })
}

fn user(username: &str, role: &str, is_active: bool) -> Value {
    json!({
        "id": ID,
        "username": username,
        "role": role,
        "is_active": is_active,
        "created_at": TIME,
        "updated_at": TIME,
    })
}
