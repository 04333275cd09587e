//! Links: the operations that can follow with the values of an answer.
//!
//! Strictly, OpenAPI 3.0 allows only a single expression or a constant as the body of a linked request. But tools that
//! follow links also evaluate expressions inside of an object.

use serde_json::{Value, json};

/// Builds the link components that [`references`] refers to.
pub fn components() -> Value {
    let change = |operation_id: &str, description: &str| {
        json!({
            "operationId": operation_id,
            "requestBody": { "username": "$response.body#/username" },
            "description": description,
        })
    };
    json!({
        "logIn": {
            "operationId": "logIn",
            "requestBody": { "username": "$request.body#/username", "password": "$request.body#/password" },
            "description": "The new user can log in.",
        },
        "getUser": {
            "operationId": "getUser",
            "parameters": { "user_id": "$response.body#/id" },
            "description": "The current state of the user.",
        },
        "endSession": {
            "operationId": "endSession",
            "parameters": { "session_id": "$response.body#/sessions/0/id" },
            "description": "A session can be ended, for example the newest.",
        },
        "listUserSessions": {
            "operationId": "listUserSessions",
            "parameters": { "user_id": "$response.body#/id" },
            "description": "The sessions of the user.",
        },
        "endUserSessions": {
            "operationId": "endUserSessions",
            "parameters": { "user_id": "$request.path.user_id" },
            "description": "All sessions of the user can be ended.",
        },
        "withdrawLink": {
            "operationId": "withdrawLink",
            "parameters": { "user_id": "$request.path.user_id" },
            "description": "The link can be withdrawn.",
        },
        "grantAdmin": change("grantAdmin", "The user can be made an admin."),
        "revokeAdmin": change("revokeAdmin", "The admin can be made a user again."),
        "inactivateUser": change("inactivateUser", "The user can be inactivated."),
        "eraseUser": {
            "operationId": "eraseUser",
            "parameters": { "user_id": "$response.body#/id" },
            "description": "The inactive user can be erased for good.",
        },
        "reactivateUser": change("reactivateUser", "The user can be reactivated."),
    })
}

/// Returns references to the links to these operations.
pub fn references(operation_ids: &[&str]) -> Value {
    let reference = |id: &&str| ((*id).to_owned(), json!({ "$ref": format!("#/components/links/{id}") }));
    operation_ids.iter().map(reference).collect()
}
