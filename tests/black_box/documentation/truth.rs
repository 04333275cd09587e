//! What the document says is what the server does.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use test_database::DatabaseKind;

use super::{DOCUMENT, document};
use crate::support::{GUARDING, PASSWORD, Server};

/// Where an example stands.
const EXAMPLES: &str = "the DETAILS beside its controller";

#[tokio::test]
async fn the_examples_in_the_document_are_what_happens() {
    let mut server = Server::start_with(DatabaseKind::Sqlite, &GUARDING);
    let root = server.super_admin("super").await;
    server.stop();
    // New passwords must be longer than the phrases that the examples are made of.
    server.restart_with(&[("APP_SECURITY__PASSWORD__MIN_LENGTH", "64")]);
    let (ada, root) = (server.anonymous(), root.at(&server));
    let session_id = root.get("/api/v1/account/sessions").await.expect(200)["sessions"][0]["id"].take();
    let root = server.logged_in("super").await;
    let document = ada.get(DOCUMENT).await.expect(200);
    let (mut ada_id, mut token) = (String::new(), String::new());
    let mut left: BTreeSet<_> = members(&document["paths"])
        .flat_map(members)
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    // In the order in which they make a story.
    for (client, id) in [
        (&ada, "apiAlive"),
        (&ada, "live"),
        (&ada, "ready"),
        (&ada, "signUp"),
        (&ada, "logIn"),
        (&ada, "whoAmI"),
        (&ada, "verifyCaller"),
        (&ada, "issuePass"),
        (&ada, "listSessions"),
        (&ada, "changePassword"),
        (&root, "listAuditEvents"),
        (&root, "listUserSessions"),
        (&ada, "logOut"),
        (&root, "issueLink"),
        (&ada, "readLink"),
        (&ada, "redeemLink"),
        (&root, "withdrawLink"),
        (&root, "endUserSessions"),
        (&root, "endSession"),
        (&root, "createUser"),
        (&root, "listUsers"),
        (&root, "getUser"),
        (&root, "grantAdmin"),
        (&root, "revokeAdmin"),
        (&root, "inactivateUser"),
        (&root, "reactivateUser"),
        (&root, "eraseUser"),
        (&root, "endAllSessions"),
    ] {
        assert!(left.remove(id), "{id}");
        let (path, method, operation) = operation_by_id(&document, id);
        let path = path
            .replace("{user_id}", &ada_id)
            .replace("{session_id}", session_id.as_str().unwrap());
        // Just the user of the example, and just the last thing that the user did.
        let query = match id {
            "endAllSessions" => "?keep_current=false".to_owned(),
            "listUsers" => "?limit=1".to_owned(),
            "listAuditEvents" => format!("?actor_id={ada_id}&limit=1"),
            _ => String::new(),
        };
        let mut request = client.request(method, &format!("{path}{query}"));
        if operation.get("requestBody").is_some() {
            let mut example = operation["requestBody"]["content"]["application/json"]["example"].clone();
            if example.get("token").is_some() {
                example["token"] = token.as_str().into();
            }
            request = request.json(&example);
        }
        let answer = client.send(request).await;
        let response = &operation["responses"][answer.status.as_str()];
        let example = &response["content"]["application/json"]["example"];
        let sent = if answer.text.is_empty() {
            Value::Null
        } else {
            answer.json()
        };
        assert_eq!(
            without_what_varies(&sent),
            without_what_varies(example),
            "{id}: {answer:?}: its example is in {EXAMPLES}"
        );
        if id == "reactivateUser" {
            root.change("inactivate", "Ada.Lovelace").await.expect(200);
        }
        match id {
            "signUp" => ada_id = sent["id"].as_str().unwrap().to_owned(),
            "issueLink" => token = sent["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned(),
            _ => {}
        }
    }
    assert!(
        left.is_empty(),
        "{left:?}: add them to the list in {}, and an example in {EXAMPLES}",
        file!()
    );
}

#[tokio::test]
async fn the_headers_in_the_document_are_those_that_the_server_sends() {
    let server = Server::start_with(DatabaseKind::Sqlite, &GUARDING);
    let (anonymous, root) = (server.anonymous(), server.super_admin("super").await);
    let document = document().await;
    let body = json!({"username": "somebody", "password": PASSWORD});
    let address = json!({"rd": "https://app.example.com/"});
    for (client, method, path, body) in [
        (&anonymous, Method::GET, "/health/live", None),
        (&anonymous, Method::GET, "/api/v1/account/verify", None),
        (&root, Method::GET, "/api/v1/account/verify", None),
        (&root, Method::POST, "/api/v1/account/pass", Some(&address)),
        (&root, Method::POST, "/api/v1/users", Some(&body)),
        (&root, Method::POST, "/api/v1/users", Some(&body)),
        (&anonymous, Method::POST, "/api/v1/account/signup", Some(&body)),
        (&anonymous, Method::GET, "/api/v1/account/me", None),
        (&anonymous, Method::POST, "/api/v1/account/login", Some(&body)),
        (&anonymous, Method::POST, "/api/v1/account/login", Some(&body)),
        (&anonymous, Method::GET, "/api/v1/account/me", None),
        (&anonymous, Method::GET, "/api/v1/users", None),
        (&anonymous, Method::GET, "/api/v1/account/sessions", None),
        (&anonymous, Method::DELETE, "/api/v1/account/logout", None),
    ] {
        let mut request = client.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = client.send(request).await;
        let status = answer.status.as_str();
        let headers = &document["paths"][path][method.as_str().to_lowercase()]["responses"][status]["headers"];
        let required: BTreeSet<_> = headers
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, header)| {
                let reference = header["$ref"].as_str().unwrap();
                document.pointer(&reference[1..]).unwrap()["required"] == true
            })
            .map(|(name, _)| name.as_str())
            .collect();
        let sent = [
            "Location",
            "Remote-Groups",
            "Remote-User",
            "Remote-User-Id",
            "Retry-After",
            "Set-Cookie",
            "WWW-Authenticate",
            "X-Request-Id",
        ];
        let sent = sent.into_iter().filter(|name| answer.headers.contains_key(*name));
        assert_eq!(sent.collect::<BTreeSet<_>>(), required, "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn the_limits_of_usernames_and_passwords_are_those_that_the_server_keeps() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SECURITY__PASSWORD__MIN_LENGTH", "10")]);
    let (anonymous, root) = (server.anonymous(), server.super_admin("super").await);
    let document = anonymous.get(DOCUMENT).await.expect(200);
    for (client, method, path, schema) in [
        (&anonymous, Method::POST, "/api/v1/account/signup", "SignUpBody"),
        (&root, Method::POST, "/api/v1/users", "CreateUserBody"),
        (
            &root,
            Method::PATCH,
            "/api/v1/users/change_password",
            "ChangePasswordBody",
        ),
        (&root, Method::PATCH, "/api/v1/users/grant", "TargetUser"),
    ] {
        let properties = document["components"]["schemas"][schema]["properties"]
            .as_object()
            .unwrap();
        for field in ["username", "password"]
            .into_iter()
            .filter(|field| properties.contains_key(*field))
        {
            for (length, is_fit) in around_bounds(&properties[field], "Length") {
                let mut body = json!({"username": "somebody"});
                if properties.contains_key("password") {
                    body["password"] = PASSWORD.into();
                }
                body[field] = "u".repeat(length as usize).into();
                let answer = client.send(client.request(method.clone(), path).json(&body)).await;
                assert_eq!(answer.status != 400, is_fit, "{length} of {field}: {answer:?}");
            }
        }
    }
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["ChangePasswordBody"]["properties"]["current_password"]["nullable"],
        true
    );
    let body = json!({"username": "super", "password": PASSWORD, "current_password": null});
    let answer = root.patch("/api/v1/users/change_password", &body).await;
    answer.problem(403, "wrong_current_password");
    assert_eq!(schemas["SignUpBody"]["properties"]["password"]["minLength"], 10);
    let log_in = schemas["LogInBody"].to_string();
    assert!(!log_in.contains("Length") && !log_in.contains("pattern"), "{log_in}");
}

#[tokio::test]
async fn the_limits_of_the_list_are_those_that_the_server_keeps() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    let document = document().await;
    root.create("alice", "user").await;
    let undefined = root.get("/api/v1/users").await.expect(200);
    let page = root.get("/api/v1/users?limit=1").await.expect(200);
    let parameters = &document["paths"]["/api/v1/users"]["get"]["parameters"];
    for parameter in parameters.as_array().unwrap() {
        let (name, mut schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
        if let Some(reference) = schema["$ref"].as_str() {
            schema = document.pointer(&reference[1..]).unwrap();
        }
        let mut values = vec![("%07".to_owned(), false)];
        if schema.get("minimum").is_some() {
            values.extend(around_bounds(schema, "imum").map(|(number, is_fit)| (number.to_string(), is_fit)));
        } else if let Some(longest) = schema["maxLength"].as_u64() {
            values.extend([
                ("x".repeat(longest as usize), true),
                ("x".repeat(longest as usize + 1), false),
            ]);
        } else if let Some(allowed) = schema["enum"].as_array() {
            values.extend(allowed.iter().map(|value| (value.as_str().unwrap().to_owned(), true)));
        } else if name == "after" {
            values.push((page["next_cursor"].as_str().unwrap().to_owned(), true));
        } else if schema["format"] == "date-time" {
            values.extend([
                ("2026-01-01T00:00:00Z".to_owned(), true),
                ("2026-01-01".to_owned(), false),
            ]);
        } else {
            assert_eq!(schema["type"], "boolean", "{name}");
            values.extend([("true".to_owned(), true), ("1".to_owned(), false)]);
        }
        for (value, is_fit) in values {
            let answer = root.get(&format!("/api/v1/users?{name}={value}")).await;
            assert_eq!(
                answer.status,
                if is_fit { 200 } else { 422 },
                "{name}={value}: {answer:?}"
            );
        }
        if let Some(default) = schema.get("default") {
            let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            let defined = root.get(&format!("/api/v1/users?{name}={default}")).await;
            assert_eq!(defined.expect(200), undefined, "{name}={default}");
        }
    }
}

/// The bounds that a schema sets, `min{what}` and `max{what}`, and what lies just outside of them, each with whether it
/// is fit.
#[track_caller]
fn around_bounds(schema: &Value, what: &str) -> [(i64, bool); 4] {
    let bound = |side: &str| schema[format!("{side}{what}")].as_i64().unwrap();
    let (least, most) = (bound("min"), bound("max"));
    [(least - 1, false), (least, true), (most, true), (most + 1, false)]
}

fn members(object: &Value) -> impl Iterator<Item = &Value> {
    object.as_object().unwrap().values()
}

/// The path, the method and the description of the operation of this id.
#[track_caller]
fn operation_by_id<'a>(document: &'a Value, id: &str) -> (&'a str, Method, &'a Value) {
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["operationId"] == id {
                return (path, method.to_uppercase().parse().unwrap(), operation);
            }
        }
    }
    panic!("{id} is not in the document");
}

/// An answer, with a word in the place of what is another one every time.
fn without_what_varies(answer: &Value) -> Value {
    match answer {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| match name.as_str() {
                "id" | "next_cursor" => (name.clone(), "[id]".into()),
                "url" => (name.clone(), "[url]".into()),
                "address" | "user_agent" => (name.clone(), "[client]".into()),
                name if name.ends_with("_at") => (name.to_owned(), "[time]".into()),
                name if name.ends_with("_id") => (name.to_owned(), "[id]".into()),
                name => (name.to_owned(), without_what_varies(member)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(without_what_varies).collect(),
        plain => plain.clone(),
    }
}
