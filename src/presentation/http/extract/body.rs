use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};
use futures_util::future::LocalBoxFuture;
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw},
        schema::Apiv2Schema,
    },
};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{content::receive, fields::read_fields};
use crate::presentation::http::{
    describe,
    problem::{FieldError, Problem, ProblemCode},
};

/// Extracts the body of a request, a JSON object.
///
/// The errors, in the order of the checks:
///
/// - those of [`receive`], for `application/json`;
/// - 400: it is not JSON (RFC 8259);
/// - 422: it is not a `T`, or has unknown fields. The answer names the fields.
///
/// No answer repeats a value of the request.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = receive(&request, payload, &mime::APPLICATION_JSON).await?;
            parse(&bytes).map(Self)
        })
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let malformed = |detail: String| Problem::with_detail(ProblemCode::MalformedJson, detail);
    if bytes.trim_ascii().is_empty() {
        return Err(malformed("The body is empty. Send a JSON object.".to_owned()).into());
    }
    let text = str::from_utf8(bytes).map_err(|error| {
        let (line, column) = position(bytes, error.valid_up_to());
        malformed(format!("The body is not UTF-8 at line {line} column {column}."))
    })?;
    // Checks the grammar of the whole body first: otherwise a field of the wrong type would hide invalid JSON after it.
    // The error of serde_json contains the position, but no value.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| malformed(format!("The body is not JSON: {error}.")))?;
    // Serde would also accept an array for a struct.
    if !text.trim_start().starts_with('{') {
        return Err(Problem::validation(vec![FieldError::new("body", "must be an object")]).into());
    }
    read_fields(&mut serde_json::Deserializer::from_str(text), "body")
}

/// Returns the line and column of a byte, counted from 1.
fn position(bytes: &[u8], index: usize) -> (usize, usize) {
    let before = &bytes[..index];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    (line, index - line_start + 1)
}

impl<T: Apiv2Schema> Apiv2Schema for Body<T> {
    fn name() -> Option<String> {
        T::name()
    }

    fn raw_schema() -> DefaultSchemaRaw {
        T::raw_schema()
    }
}

impl<T: Apiv2Schema> OperationModifier for Body<T> {
    fn update_parameter(operation: &mut DefaultOperationRaw) {
        web::Json::<T>::update_parameter(operation);
        describe::add_problems(
            operation,
            &[
                ProblemCode::BadRequest,
                ProblemCode::MalformedJson,
                ProblemCode::RequestTimeout,
                ProblemCode::PayloadTooLarge,
                ProblemCode::UnsupportedMediaType,
                ProblemCode::ValidationFailed,
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use proptest::{
        collection::{btree_map, vec},
        prelude::*,
        sample::{Index, select},
    };
    use serde_json::Value;

    use super::*;
    use crate::presentation::http::users::create_user::CreateUserBody;

    /// A word that no answer contains by itself.
    const SENT: &str = "s3nt";

    /// Returns status and content of the error, if the bytes are rejected.
    fn refusal(bytes: &[u8]) -> Option<(u16, String)> {
        let response = parse::<CreateUserBody>(bytes).err()?.error_response();
        let status = response.status().as_u16();
        let content = response.into_body().try_into_bytes().unwrap();
        Some((status, String::from_utf8(content.to_vec()).unwrap()))
    }

    /// Generates JSON with the fields of the body and others, on several levels, and values of every type.
    fn any_json() -> impl Strategy<Value = Value> {
        let field =
            select(vec!["username", "password", "role", "other", "", "a.b", "\"", "\u{1b}"]).prop_map(str::to_owned);
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[\"'`, :]?".prop_map(|text| format!("{text}{SENT}{text}").into()),
            select(vec!["user", "super_admin"]).prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 20, 5, move |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(Value::from),
                btree_map(field.clone(), inner, 0..5).prop_map(|fields| fields.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_arrives_is_taken_or_refused(bytes in vec(any::<u8>(), 0..100)) {
            let status = refusal(&bytes).map(|(status, _)| status);
            prop_assert!(matches!(status, None | Some(400 | 422)), "{:?}", status);
        }

        #[test]
        fn what_is_cut_off_is_no_json(json in any_json(), length in any::<Index>()) {
            let text = json.to_string();
            prop_assume!(json.is_object());
            let (status, _) = refusal(&text.as_bytes()[..length.index(text.len())]).unwrap();
            prop_assert_eq!(status, 400);
        }

        #[test]
        fn no_refusal_repeats_a_value(json in any_json()) {
            if let Some((status, content)) = refusal(json.to_string().as_bytes()) {
                prop_assert_eq!(status, 422);
                prop_assert!(!content.contains(SENT), "{} is answered {}", json, content);
            }
        }
    }

    #[test]
    fn however_deeply_json_is_nested_it_is_refused_on_a_small_stack() {
        let depth = 30_000;
        let json = format!("{{\"username\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refusal(json.as_bytes()).unwrap().0, 422);
    }
}
