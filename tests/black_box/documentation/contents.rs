//! The document has everything in its place.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use test_database::DatabaseKind;

use super::{DOCUMENT, document};
use crate::support::{LISTED_IN, OpenTo, Operation, Server, operations};

#[tokio::test]
async fn the_document_is_what_the_command_line_prints_under_the_same_configuration() {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_SECURITY__COOKIES__NAME", "gate")]);
    let served = server.anonymous().get(DOCUMENT).await;
    assert_eq!(served.header("content-type"), Some("application/json"));
    let printed = server
        .command(&["openapi"])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    assert_eq!(served.text.trim_end(), String::from_utf8(printed).unwrap().trim_end());

    let scheme = &served.json()["components"]["securitySchemes"]["session"];
    assert_eq!(scheme["type"], "apiKey");
    assert_eq!(scheme["in"], "cookie");
    assert_eq!(scheme["name"], "gate");
}

/// How to accept a change of the document.
const UPDATE: &str = "The API that clients see. If it should change, write the new one by \
    `INSTA_UPDATE=always cargo test --test black_box documentation::`, review it with `git diff`, and tell of it in CHANGELOG.md.";

#[tokio::test]
async fn the_document_changes_only_in_review() {
    let mut document = document().await;
    document["info"]["version"] = "[version]".into();
    insta::with_settings!({ description => UPDATE }, {
        insta::assert_json_snapshot!(document);
    });
}

#[tokio::test]
async fn every_reference_and_amendment_in_the_document_has_its_place() {
    let document = document().await;
    // In the example of an event, nothing is refused, and a user acts. The user in the examples has no link.
    let text = document
        .to_string()
        .replace("\"refusal\":null", "")
        .replace("\"operator_name\":null", "")
        .replace("\"link\":null", "");
    assert!(!text.contains(":null"), "an amendment has not found its place");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (property, keywords) in schema["properties"].as_object().into_iter().flatten() {
            assert!(
                keywords["type"].is_string() || keywords["$ref"].is_string(),
                "{property} of {name}: {keywords}: amend it in src/presentation/http/document/amend.rs"
            );
        }
    }
    let references: Vec<_> = text
        .split("\"$ref\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(references.len() > 20, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn the_document_describes_every_operation_and_no_other() {
    let document = document().await;
    let known: BTreeSet<_> = operations()
        .iter()
        .map(|operation| {
            (
                operation.path.trim_end_matches('/').to_owned(),
                operation.method.to_string(),
            )
        })
        .collect();
    let described = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| (path.clone(), method.to_uppercase()))
        });
    let described: BTreeSet<_> = described.collect();
    let differ: Vec<_> = described.symmetric_difference(&known).collect();
    assert!(
        differ.is_empty(),
        "{differ:?}: list it in {LISTED_IN}, and in src/presentation/http/routes.rs"
    );
}

#[tokio::test]
async fn the_document_tells_the_right_statuses_of_every_operation() {
    let document = document().await;
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let described = described(&document, &operation);
        let id = described["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} is there twice");

        let statuses: BTreeSet<_> = described["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let has_parameters = described["parameters"].as_array().is_some_and(|all| !all.is_empty());
        let is_change = operation.open_to == OpenTo::Authenticated && operation.method != Method::GET;
        let success = operation.success.to_string();
        assert_eq!(
            statuses.iter().filter(|status| **status < "300").collect::<Vec<_>>(),
            [&success],
            "{id}: its status of success is in {LISTED_IN}"
        );
        for (status, is_expected) in [
            // A link may begin with the `Host`.
            ("400", operation.body.is_some() || id == "issueLink"),
            ("401", operation.open_to == OpenTo::Authenticated || id == "logIn"),
            ("408", operation.body.is_some()),
            ("413", operation.body.is_some()),
            ("415", operation.body.is_some()),
            ("422", operation.body.is_some() || has_parameters),
            (
                "503",
                operation.open_to != OpenTo::Everyone || operation.body.is_some() || id == "ready",
            ),
            ("405", false),
            (
                "429",
                ["logIn", "readLink", "redeemLink", "signUp"].contains(&id)
                    || (is_change && !["issuePass", "logOut"].contains(&id)),
            ),
        ] {
            assert_eq!(
                statuses.contains(status),
                is_expected,
                "{status} of {id}: {statuses:?}: expected by {LISTED_IN} and the list above, in {}",
                file!()
            );
        }
    }
}

#[tokio::test]
async fn the_document_tells_what_goes_in_and_comes_out_of_every_operation() {
    let document = document().await;
    let tags = document["tags"].as_array().unwrap();
    for operation in operations() {
        let described = described(&document, &operation);
        let id = &described["operationId"];
        for text in ["summary", "description", "operationId"] {
            assert!(
                described[text].as_str().is_some_and(|text| !text.is_empty()),
                "{text} of {id}: set it at its controller, by the doc comment and `#[api_v2_operation]`"
            );
        }
        let tag = tags.iter().find(|tag| tag["name"] == described["tags"][0]);
        assert!(
            tag.is_some_and(|tag| tag["description"].is_string()),
            "tag of {id}: list it in src/presentation/http/document/amend.rs"
        );
        let is_protected = operation.open_to == OpenTo::Authenticated;
        let security = match id.as_str() {
            Some("verifyCaller") => json!([{"session": []}, {"pass": []}]),
            _ if is_protected => json!([{"session": []}]),
            _ => json!([]),
        };
        assert_eq!(
            described["security"], security,
            "{id}: open to whom, {LISTED_IN} and its extractor must agree"
        );
        let has_body = described["requestBody"].is_object();
        assert_eq!(
            has_body,
            operation.body.is_some(),
            "{id}: its body, or none, is in {LISTED_IN}"
        );
        for (status, response) in described["responses"].as_object().unwrap() {
            let media_types: Vec<_> = response["content"]
                .as_object()
                .into_iter()
                .flat_map(|content| content.keys())
                .collect();
            let expected = match &**status {
                "204" | "302" => vec![],
                "200" if id == "verifyCaller" => vec![],
                status if status < "300" => vec!["application/json"],
                _ => vec!["application/problem+json"],
            };
            assert_eq!(media_types, expected, "{status} of {id}");
        }
    }
}

/// What the document has about an operation.
fn described<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    &document["paths"][operation.path.trim_end_matches('/')][operation.method.as_str().to_lowercase()]
}
