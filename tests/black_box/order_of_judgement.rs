//! Of several things that are wrong with a request, which one it is refused for: the same order on every route.
//!
//! Route and method, cross-site check, authentication, media type and size, shape, permission, domain rules, existence
//! of the target, its role. Each test breaks two neighbours of that list at once.

use reqwest::{
    Method,
    header::{CONTENT_TYPE, ORIGIN},
};
use test_database::{DatabaseKind, apply, on_every_database};
use uuid::Uuid;

use crate::support::{Answer, Client, GUARDING, OpenTo, Operation, PASSWORD, Server, operations};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

/// Longer than any body may be, and no JSON.
fn oversized() -> String {
    "x".repeat(65 * 1024)
}

#[apply(on_every_database)]
#[tokio::test]
async fn route_and_method_come_before_the_cross_site_check(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let client = server.anonymous();
    for operation in operations() {
        let nowhere = format!("{}/no/where", path(&operation).trim_end_matches('/'));
        let answer = send_from_another_site(&client, &operation.method, &nowhere).await;
        answer.problem(404, "route_not_found");
        let answer = send_from_another_site(&client, &Method::PUT, &path(&operation)).await;
        answer.problem(405, "method_not_allowed");
        assert!(
            answer.header("allow").unwrap().contains(operation.method.as_str()),
            "{answer:?}"
        );
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_cross_site_check_comes_before_authentication(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let [anonymous, alice] = [server.anonymous(), server.user("alice").await];
    for operation in operations().iter().filter(|operation| !operation.method.is_safe()) {
        let client = match operation.open_to {
            OpenTo::Anonymous => &alice,
            OpenTo::Everyone | OpenTo::Authenticated => &anonymous,
        };
        let answer = send_from_another_site(client, &operation.method, &path(operation)).await;
        answer.problem(403, "cross_site_request");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn authentication_comes_before_media_type_and_size(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let [anonymous, alice] = [server.anonymous(), server.user("alice").await];
    for operation in operations() {
        for (media_type, body) in [(TEXT, "{".to_owned()), (JSON, oversized())] {
            let answer = async |client| send(client, &operation.method, &path(&operation), media_type, &body).await;
            match operation.open_to {
                OpenTo::Everyone => continue,
                OpenTo::Anonymous => answer(&alice).await.problem(403, "already_authenticated"),
                OpenTo::Authenticated => answer(&anonymous).await.problem(401, "not_authenticated"),
            };
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn media_type_and_size_come_before_shape(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let callers = Callers::of(&server).await;
    for operation in operations().iter().filter(|operation| operation.body.is_some()) {
        let client = callers.of_operation(operation);
        for (media_type, body, status, code) in [
            (TEXT, "{".to_owned(), 415, "unsupported_media_type"),
            (TEXT, "{}".to_owned(), 415, "unsupported_media_type"),
            (JSON, oversized(), 413, "payload_too_large"),
            (JSON, format!("{{}}{}", " ".repeat(65 * 1024)), 413, "payload_too_large"),
        ] {
            let answer = send(client, &operation.method, operation.path, media_type, &body).await;
            answer.problem(status, code);
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_grammar_of_a_body_comes_before_its_fields(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let callers = Callers::of(&server).await;
    for operation in operations().iter().filter(|operation| operation.body.is_some()) {
        let client = callers.of_operation(operation);
        for body in [r#"{"username":1,"#, r#"{"unknown":1}}"#, r#"[]"x""#] {
            send(client, &operation.method, operation.path, JSON, body)
                .await
                .problem(400, "malformed_json");
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn shape_comes_before_permission(database: DatabaseKind) {
    let closed = [("APP_SIGN_UP__ENABLED", "false")];
    let server = Server::start_with(database, &[&GUARDING[..], &closed].concat());
    let callers = Callers::of(&server).await;
    for operation in operations().iter().filter(|operation| operation.body.is_some()) {
        let client = callers.of_operation(operation);
        for body in ["{}", "null", r#"{"username":"nobody","password":null}"#] {
            send(client, &operation.method, operation.path, JSON, body)
                .await
                .problem(422, "validation_failed");
        }
    }
    for path in [
        "/api/v1/users/?limit=0",
        "/api/v1/users/?unknown=1",
        "/api/v1/users/impossible",
        "/api/v1/users/impossible/sessions",
    ] {
        callers.user.get(path).await.problem(422, "validation_failed");
    }
    for path in ["/api/v1/users/impossible", "/api/v1/users/impossible/sessions"] {
        callers.user.delete(path).await.problem(422, "validation_failed");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn permission_comes_before_domain_rules(database: DatabaseKind) {
    let server = Server::start_with(database, &[("APP_SIGN_UP__ENABLED", "false")]);
    let callers = Callers::of(&server).await;
    callers
        .anonymous
        .sign_up("no", "short")
        .await
        .problem(403, "sign_up_closed");

    let credentials = r#"{"username":"no","password":"short"}"#;
    let admin = r#"{"username":"no","password":"short","role":"admin"}"#;
    let target = r#"{"username":"no"}"#;
    for (client, method, path, body) in [
        (&callers.user, Method::POST, "", credentials),
        (&callers.admin, Method::POST, "", admin),
        (&callers.user, Method::PATCH, "inactivate", target),
        (&callers.user, Method::PATCH, "reactivate", target),
        (&callers.admin, Method::PATCH, "grant", target),
        (&callers.admin, Method::PATCH, "revoke", target),
        (&callers.user, Method::PATCH, "change_password", credentials),
    ] {
        let answer = client.send_json(&method, &format!("/api/v1/users/{path}"), body).await;
        answer.problem(403, "not_authorized");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn domain_rules_come_before_existence(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let callers = Callers::of(&server).await;
    for operation in ["inactivate", "reactivate", "grant", "revoke"] {
        callers
            .root
            .change(operation, "no")
            .await
            .problem(400, "invalid_username");
    }
    let change = callers.admin.change_password("no", PASSWORD, None).await;
    change.problem(400, "invalid_username");
    let change = callers.admin.change_password("nobody", "short", None).await;
    change.problem(400, "invalid_password");
    // What exists already is judged after the rules as well.
    callers
        .anonymous
        .sign_up("admin", "short")
        .await
        .problem(400, "invalid_password");
}

#[apply(on_every_database)]
#[tokio::test]
async fn domain_rules_come_before_the_current_password(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let callers = Callers::of(&server).await;
    let change = callers
        .user
        .change_password("plain", "short", Some("not the password"))
        .await;
    change.problem(400, "invalid_password");
}

#[apply(on_every_database)]
#[tokio::test]
async fn domain_rules_and_existence_come_before_the_role_of_the_target(database: DatabaseKind) {
    let server = Server::start_with(database, &GUARDING);
    let callers = Callers::of(&server).await;
    for (target, password, status, code) in [
        ("super", "short", 400, "invalid_password"),
        ("nobody", PASSWORD, 404, "user_not_found"),
        ("super", PASSWORD, 403, "not_authorized"),
    ] {
        callers
            .admin
            .change_password(target, password, None)
            .await
            .problem(status, code);
    }
    for operation in ["inactivate", "reactivate"] {
        callers
            .admin
            .change(operation, "nobody")
            .await
            .problem(404, "user_not_found");
        callers
            .admin
            .change(operation, "super")
            .await
            .problem(403, "not_authorized");
    }
    let above = callers.root.me().await.expect(200)["id"].take();
    for (id, status, code) in [
        (Uuid::nil().to_string().as_str(), 404, "user_not_found"),
        (above.as_str().unwrap(), 403, "not_authorized"),
    ] {
        let path = format!("/api/v1/users/{id}/sessions");
        callers.admin.get(&path).await.problem(status, code);
        callers.admin.delete(&path).await.problem(status, code);
        let erasure = callers.admin.delete(&format!("/api/v1/users/{id}")).await;
        erasure.problem(status, code);
    }
}

/// A client of every role.
struct Callers {
    anonymous: Client,
    user: Client,
    admin: Client,
    root: Client,
}

impl Callers {
    async fn of(server: &Server) -> Self {
        let root = server.super_admin("super").await;
        root.create("plain", "user").await;
        root.create("admin", "admin").await;
        Self {
            anonymous: server.anonymous(),
            user: server.logged_in("plain").await,
            admin: server.logged_in("admin").await,
            root,
        }
    }

    /// The least of those who come as far as the body of `operation`.
    fn of_operation(&self, operation: &Operation) -> &Client {
        match operation.open_to {
            OpenTo::Authenticated => &self.user,
            OpenTo::Everyone | OpenTo::Anonymous => &self.anonymous,
        }
    }
}

/// The path of `operation`, with something impossible for its variable part.
fn path(operation: &Operation) -> String {
    operation.path_with("impossible")
}

async fn send_from_another_site(client: &Client, method: &Method, path: &str) -> Answer {
    let request = client
        .request(method.clone(), path)
        .header(ORIGIN, "https://example.net");
    client.send(request.header(CONTENT_TYPE, TEXT).body("{")).await
}

async fn send(client: &Client, method: &Method, path: &str, media_type: &str, body: &str) -> Answer {
    let request = client.request(method.clone(), path).header(CONTENT_TYPE, media_type);
    client.send(request.body(body.to_owned())).await
}
