//! Answers have what their readers need, and nothing else of what is stored.

use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{
    GUARDING, OpenTo, Server, assert_current_user, assert_listed_user, assert_session_view, assert_user_view,
    operations,
};

#[apply(on_every_database)]
#[tokio::test]
async fn no_operation_answers_with_more_than_its_view(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    server.super_admin("super").await;
    let alice_id = server.logged_in("super").await.create("alice", "user").await["id"].take();
    server.logged_in("alice").await;
    let document = server.anonymous().get("/api/openapi.json").await.expect(200);
    let event = &document["components"]["schemas"]["AuditEventView"]["properties"];
    let mut texts = String::new();
    for operation in operations() {
        // A log-in each, for some operations end it.
        let client = match operation.open_to {
            OpenTo::Authenticated => server.logged_in("super").await,
            OpenTo::Everyone | OpenTo::Anonymous => server.anonymous(),
        };
        let name = if operation.method == Method::POST && operation.path == "/api/v1/users/" {
            "brian"
        } else {
            "nobody"
        };
        let path = operation.path_with(alice_id.as_str().unwrap());
        let request = client.request(operation.method.clone(), &path);
        let answer = match operation.body {
            Some(body) => {
                let body: Value = serde_json::from_str(&body.replace("nobody", name)).unwrap();
                client.send(request.json(&body)).await
            }
            None => client.send(request).await,
        };
        if !answer.text.is_empty() && answer.status.is_success() {
            assert_minimal(&operation.method, operation.path, &answer.json(), event);
        }
        texts += &answer.text;
    }

    let connection = server.open_database().await;
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT password_hash FROM users");
    let hashes = connection.query_all_raw(statement).await.unwrap();
    assert_eq!(hashes.len(), 4);
    for hash in hashes {
        assert!(!texts.contains(&hash.try_get::<String>("", "password_hash").unwrap()));
    }
}

/// Asserts that a successful answer has the members of its view and no other; an event of the audit trail, those of
/// `event`.
fn assert_minimal(method: &Method, path: &str, answer: &Value, event: &Value) {
    let items = |name: &str| answer[name].as_array().unwrap().iter();
    match (method.as_str(), path) {
        ("GET", "/api/v1/" | "/health/live" | "/health/ready") => assert_eq!(answer, &json!({"status": "ok"})),
        ("POST", "/api/v1/account/login") | ("GET", "/api/v1/account/me") => assert_current_user(answer),
        ("POST", "/api/v1/account/pass") => assert_eq!(members(answer), ["rd"]),
        ("GET", "/api/v1/account/sessions" | "/api/v1/users/{user_id}/sessions") => {
            assert_eq!(members(answer), ["sessions"]);
            items("sessions").for_each(assert_session_view);
        }
        ("GET", "/api/v1/users/") => {
            let all = ["limit", "next_cursor", "offset", "total", "total_is_exact", "users"];
            assert_eq!(members(answer), all);
            items("users").for_each(assert_listed_user);
        }
        ("GET", "/api/v1/users/{user_id}") => {
            let mut answer = answer.clone();
            assert!(answer.as_object_mut().unwrap().remove("link").is_some());
            assert_listed_user(&answer);
        }
        ("GET", "/api/v1/audit/") => {
            assert_eq!(members(answer), ["events", "next_cursor"]);
            items("events").for_each(|shown| assert_eq!(members(shown), members(event)));
        }
        ("POST", "/api/v1/users/{user_id}/link") => assert_eq!(members(answer), ["expires_at", "kind", "url"]),
        ("POST", "/api/v1/account/signup" | "/api/v1/users/")
        | ("PATCH", "/api/v1/users/inactivate" | "/api/v1/users/reactivate" | "/api/v1/users/grant")
        | ("PATCH", "/api/v1/users/revoke") => assert_user_view(answer),
        _ => panic!("{method} {path}: list what it answers with in {}: {answer}", file!()),
    }
}

fn members(object: &Value) -> Vec<&String> {
    object.as_object().unwrap().keys().collect()
}
