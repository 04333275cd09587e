//! Adds to the document what paperclip cannot express: it describes Swagger 2, and translates that.

use std::{collections::BTreeSet, mem};

use serde_json::{Value, json};

use super::{headers, links, schemas};
use crate::{
    domain::user::PasswordPolicy,
    presentation::http::{
        describe::{self, Details, PASS, SESSION, samples},
        problem::{FieldError, PROBLEM_JSON, Problem, ProblemCode},
        routes::DETAILS,
    },
};

const JSON: &str = "application/json";

/// The SPDX identifier of the licence.
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// Amends the `document` that paperclip made.
pub fn amend(document: &mut Value, cookie_name: &str, pass_name: &str, password_policy: &PasswordPolicy) {
    let components = json!({
        "headers": headers::components(),
        "links": links::components(),
        "schemas": schemas::amendments(password_policy),
        "securitySchemes": { SESSION: {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie_name,
            "description": "The session cookie. Log-in sets it; a session that is used near its end is renewed. \
                            Browsers send it automatically, and scripts cannot set it: in Swagger UI, log in and leave \
                            this empty.",
        }, PASS: {
            "type": "apiKey",
            "in": "cookie",
            "name": pass_name,
            "description": "The pass cookie, which guarded services of the same domain get too. It identifies the \
                            caller to the proxy in front of them, and opens nothing else.",
        } },
    });
    merge(&mut document["components"], components);
    name_nested_schemas(&mut document["components"]["schemas"]);
    let mut problems = json!({});
    let mut request_schemas = BTreeSet::new();
    for (method, operation) in operations(document) {
        if method != "get" {
            document_cross_site_refusal(operation);
        }
        amend_operation(operation, password_policy, &mut problems);
        let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref");
        request_schemas.extend(schema.and_then(Value::as_str).map(str::to_owned));
    }
    for (name, schema) in entries(&mut document["components"]["schemas"]) {
        if request_schemas.contains(&format!("#/components/schemas/{name}")) {
            // Unknown fields are rejected in requests; responses may get more fields later.
            schema["additionalProperties"] = json!(false);
        } else if !["CreatedUser", "Problem"].contains(&name.as_str()) {
            // These two leave out what does not apply.
            require_all_fields(schema);
        }
    }
    document["components"]["examples"] = problems;
    document["servers"] = json!([{ "url": "/" }]);
    document["tags"] = json!([
        { "name": "Account", "description": "The caller's own account and sessions." },
        { "name": "Users", "description": "The management of users, and changes of passwords." },
        { "name": "Audit", "description": "The audit trail, for super admins." },
        { "name": "Health", "description": "Probes for orchestrators and load balancers." },
    ]);
    merge(
        &mut document["info"],
        json!({
            "contact": { "name": "The maintainers of Gatehouse" },
            "license": { "name": LICENSE, "url": format!("https://spdx.org/licenses/{LICENSE}.html") },
        }),
    );
    // Paths work with and without a trailing slash; paperclip ends the path of a scope with one.
    if let Some(paths) = document["paths"].as_object_mut() {
        let without_slash = |(path, operations): (String, Value)| (path.trim_end_matches('/').to_owned(), operations);
        *paths = mem::take(paths).into_iter().map(without_slash).collect();
    }
}

/// Requires every field of a response. Paperclip leaves out those that can be null, which are there all the same.
fn require_all_fields(schema: &mut Value) {
    let required = schema["required"].clone();
    let is_required = |name: &str| {
        required
            .as_array()
            .is_some_and(|names| names.iter().any(|known| known == name))
    };
    let Some(properties) = schema.get_mut("properties") else {
        return;
    };
    let mut fields = Vec::new();
    for (name, field) in entries(properties) {
        if !is_required(name) {
            field["nullable"] = json!(true);
        }
        fields.push(name.clone());
    }
    schema["required"] = json!(fields);
}

/// Replaces inline schemas by references, so that the amendments apply and generated clients share one type.
fn name_nested_schemas(schemas: &mut Value) {
    // Paperclip does not name schemas that only lists use.
    for (list, property, item) in [
        ("UserList", "users", "ListedUser"),
        ("SessionList", "sessions", "SessionView"),
        ("AuditEventList", "events", "AuditEventView"),
    ] {
        let items = &mut schemas[list]["properties"][property]["items"];
        let mut schema = mem::replace(items, reference_to(item));
        merge(&mut schema, schemas[item].take());
        schemas[item] = schema;
    }
    schemas["Role"] = schemas["UserView"]["properties"]["role"].clone();
    for user in ["CreatedUser", "CurrentUser", "FoundUser", "ListedUser", "UserView"] {
        schemas[user]["properties"]["role"] = reference_to("Role");
    }
}

fn reference_to(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// Adds the cross-site error, which the extractors cannot document because it depends on the method.
fn document_cross_site_refusal(operation: &mut Value) {
    let code = ProblemCode::CrossSiteRequest;
    let responses = &mut operation["responses"];
    let mut refusal = responses[ProblemCode::InternalError.status().as_str()].clone();
    let refusals = &mut responses[code.status().as_str()];
    refusal["description"] = match refusals["description"].as_str() {
        Some(others) => json!(format!("{others}\n{}", describe::line(code))),
        None => json!(describe::line(code)),
    };
    *refusals = refusal;
}

/// Amends one operation, and collects an example of every kind of problem that it documents.
fn amend_operation(operation: &mut Value, password_policy: &PasswordPolicy, problems: &mut Value) {
    let described = operation.clone();
    let id = described["operationId"].as_str().unwrap_or_default();
    let nothing = Details::of("");
    let details = DETAILS
        .into_iter()
        .find(|details| details.operation_id == id)
        .unwrap_or(&nothing);
    for (status, response) in entries(&mut operation["responses"]) {
        response["headers"] = headers::of(details, &described, status);
        if status.as_str() >= "400" {
            declare_problem(response, problems);
            continue;
        }
        if let Some(example) = details.response {
            response["content"][JSON]["example"] = example();
        }
        if !details.links.is_empty() {
            response["links"] = links::references(details.links);
        }
    }
    if let Some(example) = details.request {
        operation["requestBody"]["content"][JSON]["example"] = example(password_policy);
    }
    // An empty list means that no authentication is required.
    operation["security"] = described.get("security").cloned().unwrap_or_else(|| json!([]));
    // Paperclip keeps the line breaks of comments.
    operation["description"] = json!(
        described["description"]
            .as_str()
            .unwrap_or_default()
            .replace("\n ", " ")
    );
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let amendment = schemas::parameter(parameter["name"].as_str().unwrap_or_default());
        merge(parameter, amendment);
        if parameter["name"] == "role" {
            parameter["schema"] = reference_to("Role");
        }
    }
}

/// Merges `amendment` into `target`.
fn merge(target: &mut Value, amendment: Value) {
    match (target, amendment) {
        (Value::Object(target), Value::Object(amendment)) => {
            for (key, value) in amendment {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
        (target, amendment) => *target = amendment,
    }
}

/// Returns every operation, with its method.
fn operations(document: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];

    entries(&mut document["paths"])
        .flat_map(|(_, path)| entries(path))
        .filter(|(key, _)| METHODS.contains(&key.as_str()))
}

fn entries(object: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    object.as_object_mut().into_iter().flatten()
}

/// Adds the media type to an error answer, and an example for every code that its description lists.
fn declare_problem(response: &mut Value, problems: &mut Value) {
    let description = response["description"].as_str().unwrap_or_default();
    let listed = |problem: &&ProblemCode| description.contains(&format!("`{}`", problem.code()));
    let mut examples = json!({});
    for problem in ProblemCode::ALL.iter().filter(listed) {
        problems[problem.code()] = problem_example(*problem);
        examples[problem.code()] = json!({ "$ref": format!("#/components/examples/{}", problem.code()) });
    }
    let schema = response["content"][JSON]["schema"].take();
    response["content"] = json!({ PROBLEM_JSON: { "schema": schema, "examples": examples } });
}

/// Builds an example of this kind of problem.
fn problem_example(code: ProblemCode) -> Value {
    let problem = match code {
        ProblemCode::ValidationFailed => Problem::validation(vec![FieldError::new("username", "is required")]),
        code => Problem::new(code),
    };
    let mut value = json!(problem);
    value["request_id"] = json!(samples::ID);
    json!({ "summary": code.title(), "value": value })
}
