//! Links: what can be asked next with what an operation answered.
//!
//! By the letter of OpenAPI 3.0, a request body is one expression or none; that those inside of an object count as well
//! is what tools make of it that follow links.

use serde_json::{Value, json};

/// The links as components; [`references`] refers to them.
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
            "description": "The user, as it is now.",
        },
        "endSession": {
            "operationId": "endSession",
            "parameters": { "session_id": "$response.body#/sessions/0/id" },
            "description": "Each of the sessions can be ended; the newest, say.",
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
        "grantAdmin": change("grantAdmin", "The user can be made an admin."),
        "revokeAdmin": change("revokeAdmin", "The admin can be made a user again."),
        "inactivateUser": change("inactivateUser", "The user can be shut out."),
        "reactivateUser": change("reactivateUser", "The user can be let in again."),
    })
}

/// References to the links that lead to these operations.
pub fn references(operation_ids: &[&str]) -> Value {
    let reference = |id: &&str| ((*id).to_owned(), json!({ "$ref": format!("#/components/links/{id}") }));
    operation_ids.iter().map(reference).collect()
}
