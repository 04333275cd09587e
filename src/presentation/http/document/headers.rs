//! The headers of answers, which paperclip does not support.

use serde_json::{Value, json};

use crate::{
    domain::user::Role,
    presentation::http::{
        account::verify_caller::groups,
        describe::{Details, SESSION},
        request::request_id,
    },
};

/// Builds the header components that [`of`] refers to.
pub fn components() -> Value {
    json!({
        "RequestId": {
            "description": "The id of this request in the server's log: the one that a trusted proxy sent in this \
                            header if it was acceptable, otherwise a new one.",
            "required": true,
            "schema": { "type": "string", "minLength": 1, "maxLength": request_id::MAX_LENGTH },
        },
        "Location": {
            "description": "The path of the new user.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        },
        "LogIn": {
            "description": "The page on which the visitor logs in; its parameter `rd` is the address that the visitor \
                            asked for, if a trusted proxy named one of a listed origin.",
            "required": true,
            "schema": { "type": "string", "format": "uri" },
        },
        "RemoteUser": {
            "description": "The username of the caller.",
            "required": true,
            "schema": { "type": "string" },
        },
        "RemoteGroups": {
            "description": "The role of the caller and all below it, separated by commas.",
            "required": true,
            "schema": { "type": "string", "enum": Role::ALL.map(groups) },
        },
        "RemoteUserId": {
            "description": "The id of the caller, which never changes.",
            "required": true,
            "schema": { "type": "string", "format": "uuid" },
        },
        "RetryAfter": {
            "description": "How many seconds to wait before a retry.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
        },
        "WwwAuthenticate": {
            "description": "How to authenticate: by the session cookie.",
            "required": true,
            "schema": { "type": "string", "enum": ["Cookie"] },
        },
        "PassIssued": {
            "description": "The pass cookie. A second header of this name sets a new session cookie, if the session was \
                            renewed.",
            "required": true,
            "schema": { "type": "string" },
        },
        "SessionBegun": {
            "description": "The session cookie. A second header of this name sets the cookie that identifies the \
                            device at later log-ins.",
            "required": true,
            "schema": { "type": "string" },
        },
        "SessionEnded": {
            "description": "Removes the session cookie. A second header of this name removes the pass cookie, while \
                            forward-auth is on.",
            "required": true,
            "schema": { "type": "string" },
        },
        "SessionEndedOrRenewed": {
            "description": "Removes the session cookie if the session of this request was ended, or sets a new one if \
                            the session was renewed; absent otherwise.",
            "schema": { "type": "string" },
        },
        "SessionRenewed": {
            "description": "A new session cookie, if the session was renewed, for example by a change of your own \
                            password; absent otherwise.",
            "schema": { "type": "string" },
        },
        "SessionRejected": {
            "description": "Removes the session cookie; only present if the request had one.",
            "schema": { "type": "string" },
        },
    })
}

/// Returns the headers of the operation's answer with `status`.
pub fn of(details: &Details, operation: &Value, status: &str) -> Value {
    let requires_session = !operation["security"][0][SESSION].is_null();
    let is_success = status < "400";
    let cookie = match (details.cookie, status) {
        _ if details.for_proxy => None,
        (_, "401") => Some("SessionRejected"),
        (Some(cookie), _) if is_success => Some(cookie),
        // The session is renewed even if the request fails later.
        _ => requires_session.then_some("SessionRenewed"),
    };
    let mut headers = json!({ "X-Request-Id": reference("RequestId") });
    if details.has_location && is_success {
        headers["Location"] = reference("Location");
    }
    if details.for_proxy {
        match status {
            "200" => {
                headers["Remote-Groups"] = reference("RemoteGroups");
                headers["Remote-User"] = reference("RemoteUser");
                headers["Remote-User-Id"] = reference("RemoteUserId");
            }
            "302" | "401" => headers["Location"] = reference("LogIn"),
            _ => {}
        }
    }
    if status == "401" {
        headers["WWW-Authenticate"] = reference("WwwAuthenticate");
    }
    if ["429", "503"].contains(&status) {
        headers["Retry-After"] = reference("RetryAfter");
    }
    if let Some(cookie) = cookie {
        headers["Set-Cookie"] = reference(cookie);
    }
    headers
}

fn reference(component: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{component}") })
}
