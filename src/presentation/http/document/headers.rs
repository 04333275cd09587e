//! The headers of answers, of which paperclip knows nothing.

use serde_json::{Value, json};

use crate::presentation::http::{
    describe::{Details, SESSION},
    request::request_id,
};

/// The headers as components; [`of`] refers to them.
pub fn components() -> Value {
    json!({
        "RequestId": {
            "description": "The id under which the server's log has this request: the one that a trusted proxy gave in \
                            this header if it was acceptable, else a new one.",
            "required": true,
            "schema": { "type": "string", "minLength": 1, "maxLength": request_id::LONGEST },
        },
        "Location": {
            "description": "The path under which the new user answers.",
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        },
        "RetryAfter": {
            "description": "How many seconds to wait before trying again.",
            "required": true,
            "schema": { "type": "integer", "minimum": 0 },
        },
        "WwwAuthenticate": {
            "description": "How to authenticate: by the session cookie.",
            "required": true,
            "schema": { "type": "string", "enum": ["Cookie"] },
        },
        "SessionBegun": {
            "description": "The session cookie. Beside it comes, in a header of its own, the cookie by which the device is known \
                            at later log-ins.",
            "required": true,
            "schema": { "type": "string" },
        },
        "SessionEnded": {
            "description": "Removes the session cookie.",
            "required": true,
            "schema": { "type": "string" },
        },
        "SessionEndedOrRenewed": {
            "description": "Removes the session cookie if the session of this request was ended, or is the session cookie \
                            afresh; there when the session was ended or renewed.",
            "schema": { "type": "string" },
        },
        "SessionRenewed": {
            "description": "The session cookie afresh; there when the session was renewed, as it is by a change of one's \
                            own password.",
            "schema": { "type": "string" },
        },
        "SessionRejected": {
            "description": "Removes the session cookie; there when the request carried one.",
            "schema": { "type": "string" },
        },
    })
}

/// The headers of the answer that the operation gives with `status`.
pub fn of(details: &Details, operation: &Value, status: &str) -> Value {
    let asks_for_session = !operation["security"][0][SESSION].is_null();
    let is_success = status < "400";
    let cookie = match (details.cookie, status) {
        (_, "401") => Some("SessionRejected"),
        (Some(cookie), _) if is_success => Some(cookie),
        // The session is renewed before it is known what becomes of the request.
        _ => asks_for_session.then_some("SessionRenewed"),
    };
    let mut headers = json!({ "X-Request-Id": reference("RequestId") });
    if details.has_location && is_success {
        headers["Location"] = reference("Location");
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
