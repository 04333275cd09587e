//! The OpenAPI 3 document.

use std::collections::BTreeSet;

use paperclip::{
    actix::OpenApiExt,
    v2::{
        models::{DefaultApiRaw, DefaultOperationRaw, DefaultResponseRaw, DefaultSchemaRaw, Either, Info},
        schema::Apiv2Schema,
    },
};
use serde_json::{Value, json};

use super::{
    problem::{FieldError, PROBLEM_JSON, Problem},
    problem_code::ProblemCode,
    routes::routes,
};

/// The name of the security scheme: the session cookie.
const SESSION: &str = "session";

/// The document that describes the API when the session cookie has this name, as indented JSON.
pub fn document(cookie_name: &str) -> String {
    let mut document = Value::Null;
    let _throwaway = actix_web::App::new()
        .wrap_api_with_spec(preamble())
        .configure(routes)
        .with_raw_json_spec_v3(|app, generated| {
            document = generated;
            app
        });
    amend(&mut document, cookie_name);
    format!("{document:#}")
}

/// Adds the answers that go with `codes` to the operation; answers of one status share an entry that lists their codes.
pub(super) fn refuses(operation: &mut DefaultOperationRaw, codes: &[ProblemCode]) {
    for code in codes {
        let entry = operation
            .responses
            .entry(code.status().as_str().to_owned())
            .or_insert_with(|| {
                let mut schema = Problem::schema_with_ref();
                schema.retain_ref();
                Either::Right(DefaultResponseRaw {
                    schema: Some(schema),
                    ..Default::default()
                })
            });
        if let Either::Right(response) = entry {
            let description = response.description.get_or_insert_default();
            let line = format!("- `{}`: {}", code.code(), code.title());
            if !description.lines().any(|known| known == line) {
                let gap = if description.is_empty() { "" } else { "\n" };
                description.push_str(&format!("{gap}{line}"));
            }
        }
    }
}

/// Adds an answer of success to the operation.
pub(super) fn answers(
    operation: &mut DefaultOperationRaw,
    status: &str,
    description: &str,
    schema: Option<DefaultSchemaRaw>,
) {
    let response = DefaultResponseRaw {
        description: Some(description.to_owned()),
        schema,
        ..Default::default()
    };
    operation.responses.insert(status.to_owned(), Either::Right(response));
}

/// Says that the operation needs the session cookie.
pub(super) fn asks_for_session(operation: &mut DefaultOperationRaw) {
    operation.security.push([(SESSION.to_owned(), Vec::new())].into());
}

fn preamble() -> DefaultApiRaw {
    DefaultApiRaw {
        info: Info {
            title: "Gatehouse".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            description: Some("User management: sign-up, log-in, users, roles and sessions.".to_owned()),
            ..Default::default()
        },
        definitions: [definition::<Problem>("Problem"), definition::<FieldError>("FieldError")].into(),
        ..Default::default()
    }
}

fn definition<T: Apiv2Schema>(name: &str) -> (String, DefaultSchemaRaw) {
    (name.to_owned(), T::raw_schema())
}

/// Says what paperclip cannot: it describes Swagger 2, and translates that.
fn amend(document: &mut Value, cookie_name: &str) {
    document["components"]["securitySchemes"] = json!({
        SESSION: { "type": "apiKey", "in": "cookie", "name": cookie_name },
    });
    let mut request_schemas = BTreeSet::new();
    for operation in operations(document) {
        if let Some(responses) = operation["responses"].as_object_mut() {
            for (_, response) in responses.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
                declare_problem_json(response);
            }
        }
        let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref");
        request_schemas.extend(schema.and_then(Value::as_str).map(str::to_owned));
    }
    for reference in request_schemas {
        if let Some(schema) = document.pointer_mut(reference.trim_start_matches('#')) {
            schema["additionalProperties"] = json!(false);
        }
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];

    let paths = document["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(|paths| paths.values_mut());
    paths
        .filter_map(Value::as_object_mut)
        .flat_map(|path| path.iter_mut())
        .filter(|(key, _)| METHODS.contains(&key.as_str()))
        .map(|(_, operation)| operation)
}

fn declare_problem_json(response: &mut Value) {
    if let Some(content) = response["content"].as_object_mut()
        && let Some(problem) = content.remove("application/json")
    {
        content.insert(PROBLEM_JSON.to_owned(), problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_one_status_share_an_entry_that_names_each_code_once() {
        let mut operation = DefaultOperationRaw::default();
        refuses(&mut operation, &[ProblemCode::BadRequest, ProblemCode::MalformedJson]);
        refuses(&mut operation, &[ProblemCode::BadRequest, ProblemCode::NotAuthorized]);
        assert!(operation.responses.keys().eq(["400", "403"]));
        let Some(Either::Right(response)) = operation.responses.get("400") else {
            panic!("no answer for 400");
        };
        let description = response.description.as_deref().unwrap_or_default();
        assert_eq!(description.matches("`bad_request`").count(), 1);
        assert_eq!(description.lines().count(), 2);
    }
}
