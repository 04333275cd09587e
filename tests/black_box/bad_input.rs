//! Bodies that no honest client sends: refused with 4xx in a problem document that repeats nothing, on every route.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{
    PASSWORD, blamed,
    bodies::{Bodies, SECRET},
};

#[tokio::test]
async fn a_body_that_is_no_json_is_malformed() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    let deep = "[".repeat(10_000);
    for (operation, client) in target.operations() {
        let whole = operation.body.unwrap();
        for body in [
            b"".to_vec(),
            b" ".to_vec(),
            b"\0".to_vec(),
            b"s3cr3t".to_vec(),
            b"{'username':'s3cr3t'}".to_vec(),
            b"username=s3cr3t".to_vec(),
            whole[..whole.len() - 1].into(),
            whole[..whole.len() / 2].into(),
            format!("{whole}{whole}").into_bytes(),
            format!("{whole} s3cr3t").into_bytes(),
            format!("\u{feff}{whole}").into_bytes(),
            whole.replace("nobody", "s3cr3t\0").into_bytes(),
            whole.replace("nobody", "s3cr3t\n").into_bytes(),
            whole.replace("nobody", r"s3cr3t\x").into_bytes(),
            // UTF-8 broken, too long, of a surrogate; UTF-16.
            [&b"{\"username\":\"s3cr3t\xff\"}"[..]].concat(),
            b"{\"username\":\"\xc0\xaf\"}".to_vec(),
            b"{\"username\":\"\xed\xa0\x80\"}".to_vec(),
            whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            deep.clone().into_bytes(),
            format!(r#"{{"username":{deep}"#).into_bytes(),
        ] {
            let shown = String::from_utf8_lossy(&body).into_owned();
            let body_is_empty = body.trim_ascii().is_empty();
            let answer = target.refusal(&operation, client, body).await;
            assert_eq!(answer.status, 400, "{shown}");
            let problem = answer.problem(400, "malformed_json");
            let detail = problem["detail"].as_str().unwrap();
            let expected = if body_is_empty { "is empty" } else { " line 1 column " };
            assert!(detail.contains(expected), "{shown}: {detail}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_where_it_breaks_off() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for (operation, client) in target.operations() {
        for (body, position) in [
            (&b"{\n  \"username\": \"s3cr3t\",\n}"[..], "line 3 column 1"),
            (b"{\"username\": s3cr3t}", "line 1 column 14"),
            (b"{\n\"username\": \"s3cr3t\xff\"}", "line 2 column 20"),
            (b"\xff", "line 1 column 1"),
        ] {
            let answer = target.refusal(&operation, client, body).await;
            let problem = answer.problem(400, "malformed_json");
            assert!(problem["detail"].as_str().unwrap().contains(position), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_is_misshapen_as_a_whole() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (operation, client) in target.operations() {
        for body in [
            "null",
            "true",
            "7",
            r#""s3cr3t""#,
            "[]",
            r#"["s3cr3t","s3cr3t"]"#,
            &deep[9_950..10_050],
        ] {
            let answer = target.refusal(&operation, client, body.to_owned()).await;
            assert_eq!(blamed(&answer), ["body"], "{body}");
        }
        // So deep that it is not even read as JSON.
        target.refusal(&operation, client, deep.clone()).await;
    }
}

#[tokio::test]
async fn json_is_refused_at_once_however_deeply_it_is_nested_and_wherever() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    let arrays = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    for (operation, client) in target.operations() {
        let whole = operation.body.unwrap();
        for deep in [&arrays, &objects] {
            for (body, name) in [
                (
                    format!(r#"{},"unknown":{deep}}}"#, &whole[..whole.len() - 1]),
                    "unknown",
                ),
                (format!(r#"{{"unknown":{deep},{}"#, &whole[1..]), "unknown"),
                (whole.replacen(r#""nobody""#, deep, 1), "username"),
            ] {
                let start = Instant::now();
                let answer = target.refusal(&operation, client, body).await;
                assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
                assert_eq!(blamed(&answer), [name]);
            }
        }
    }
}

#[tokio::test]
async fn a_field_that_is_missing_or_of_the_wrong_type_is_named() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    let mut nested = json!(SECRET);
    for _ in 0..100 {
        nested = json!({ SECRET: nested });
    }
    for (operation, client) in target.operations() {
        let whole: Value = serde_json::from_str(operation.body.unwrap()).unwrap();
        for name in whole.as_object().unwrap().keys() {
            let mut missing = whole.clone();
            missing.as_object_mut().unwrap().remove(name);
            // Without a password, a user is invited.
            if (operation.path, name.as_str()) != ("/api/v1/users/", "password") {
                let answer = target.refusal(&operation, client, missing.to_string()).await;
                assert_eq!(blamed(&answer), [name.as_str()], "{missing}");
            }

            let wrong = [
                json!(null),
                json!(7),
                json!(-1.5e300),
                json!(true),
                json!([SECRET]),
                nested.clone(),
            ];
            for value in wrong {
                let mut body = whole.clone();
                body[name] = value;
                let answer = target.refusal(&operation, client, body.to_string()).await;
                assert_eq!(blamed(&answer), [name.as_str()], "{body}");
            }
        }
    }
}

#[tokio::test]
async fn a_field_that_is_unknown_or_repeated_is_named() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for (operation, client) in target.operations() {
        let whole = operation.body.unwrap();
        let and = |more: &str| format!("{},{more}}}", &whole[..whole.len() - 1]);
        for (body, name) in [
            (and(r#""id":"s3cr3t""#), "id"),
            (and(r#""is_active":true"#), "is_active"),
            (and(r#""Username":"s3cr3t""#), "Username"),
            (and(r#""__proto__":{"role":"admin"}"#), "__proto__"),
            (and(r#""username":"s3cr3t""#), "username"),
            (and(r#""usernam\u0065":"s3cr3t""#), "username"),
            // A name that does not look like one might be a value in the wrong place.
            (and(r#""my s3cr3t":1"#), "body"),
            (and(r#""":1"#), "body"),
            (and(&format!(r#""{}":1"#, SECRET.repeat(1000))), "body"),
        ] {
            let answer = target.refusal(&operation, client, body.clone()).await;
            assert_eq!(blamed(&answer), [name], "{body}");
        }
        // A name that is misspelt is told together with the one that is missing.
        for (body, names) in [
            (whole.replace("username", "user"), &["user", "username"][..]),
            (
                whole.replace("username", "login").replace("password", "pass"),
                &["login", "pass", "username"],
            ),
            (and(r#""x":1,"y":{"username":[]},"z":null"#), &["x", "y", "z"]),
        ] {
            let names = names
                .iter()
                .filter(|name| **name != "pass" || whole.contains("password"));
            let answer = target.refusal(&operation, client, body.clone()).await;
            assert_eq!(blamed(&answer), Vec::from_iter(names.copied()), "{body}");
        }
        let many = Vec::from_iter((0..1000).map(|number| format!(r#""x{number}":1"#))).join(",");
        assert_eq!(blamed(&target.refusal(&operation, client, and(&many)).await).len(), 10);
    }
}

#[tokio::test]
async fn a_role_is_one_of_those_that_can_be_given() {
    let target = Bodies::new(DatabaseKind::Sqlite, &[]).await;
    for role in [
        json!(null),
        json!(1),
        json!(""),
        json!("s3cr3t"),
        json!(["user"]),
        json!({"user": SECRET}),
    ] {
        let body = json!({"username": "nobody", "password": PASSWORD, "role": role});
        let answer = target.root.post("/api/v1/users/", &body).await;
        let [field] = &blamed(&answer)[..] else {
            panic!("{answer:?}")
        };
        assert!(
            field.starts_with("role") && !answer.text.contains(SECRET),
            "{body}: {answer:?}"
        );
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_username_of_strange_characters_breaks_the_rule_and_nothing_else(database: DatabaseKind) {
    let target = Bodies::new(database, &[]).await;
    for (operation, client) in target.operations() {
        for username in [
            "s3cr3t\0s3cr3t",
            "\0\0\0\0\0",
            "s3cr3t🦀🦀",
            "👩‍👩‍👧‍👦s3cr3t",
            "שלום עולם",
            "\u{202e}s3cr3t",
            "s3cr3t\u{200b}",
            "ｓ３ｃｒ３ｔ",
            "s3cr3t\r\nset-cookie: a=b",
            "'; DROP TABLE users; --s3cr3t",
            "%s3cr3t%",
            "../../s3cr3t",
            "<script>s3cr3t</script>",
            &SECRET.repeat(10_000),
        ] {
            let mut body: Value = serde_json::from_str(operation.body.unwrap()).unwrap();
            body["username"] = username.into();
            let answer = target.refusal(&operation, client, body.to_string()).await;
            if operation.path.ends_with("/login") {
                answer.problem(401, "invalid_credentials");
            } else {
                answer.problem(400, "invalid_username");
            }
        }
        let escaped = operation.body.unwrap().replace("nobody", r"s3cr3t\ud800");
        assert_eq!(
            blamed(&target.refusal(&operation, client, escaped).await),
            ["username"],
            "half a surrogate pair"
        );
    }
}
