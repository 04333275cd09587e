//! Documents extractors and responders in the operations that use them.

use paperclip::v2::{
    models::{DefaultOperationRaw, DefaultResponseRaw, DefaultSchemaRaw, Either},
    schema::Apiv2Schema,
};

use crate::presentation::http::problem::{Problem, ProblemCode};

/// The name of the security scheme: the session cookie.
pub const SESSION: &str = "session";

/// The name of the security scheme: the pass cookie.
pub const PASS: &str = "pass";

/// Adds the answers for `codes` to the operation. Codes of the same status share an entry that lists them.
pub fn add_problems(operation: &mut DefaultOperationRaw, codes: &[ProblemCode]) {
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
            let line = line(*code);
            if !description.lines().any(|known| known == line) {
                let gap = if description.is_empty() { "" } else { "\n" };
                description.push_str(&format!("{gap}{line}"));
            }
        }
    }
}

/// Returns the line for `code` in the description of an answer.
pub fn line(code: ProblemCode) -> String {
    format!("- `{}`: {}", code.code(), code.title())
}

/// Adds a successful answer to the operation.
pub fn add_success(
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

/// Marks the operation as requiring the session cookie.
pub fn require_session(operation: &mut DefaultOperationRaw) {
    operation.security.push([(SESSION.to_owned(), Vec::new())].into());
}

/// Marks the operation as requiring the session cookie or the pass.
pub fn require_session_or_pass(operation: &mut DefaultOperationRaw) {
    require_session(operation);
    operation.security.push([(PASS.to_owned(), Vec::new())].into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_one_status_share_an_entry_that_names_each_code_once() {
        let mut operation = DefaultOperationRaw::default();
        add_problems(&mut operation, &[ProblemCode::BadRequest, ProblemCode::MalformedJson]);
        add_problems(&mut operation, &[ProblemCode::BadRequest, ProblemCode::NotAuthorized]);
        assert!(operation.responses.keys().eq(["400", "403"]));
        let Some(Either::Right(response)) = operation.responses.get("400") else {
            panic!("no answer for 400");
        };
        let description = response.description.as_deref().unwrap_or_default();
        assert_eq!(description.matches("`bad_request`").count(), 1);
        assert_eq!(description.lines().count(), 2);
    }
}
