use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use paperclip::actix::Apiv2Schema;
use serde::Serialize;

use super::ProblemCode;
use crate::presentation::http::request::request_id;

/// The media type of every error answer (RFC 9457, section 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// How long a client should wait if the service is unavailable, in seconds (RFC 9110, section 10.2.3).
const RETRY_AFTER_SECONDS: u64 = 1;

/// The authentication scheme that every 401 names (RFC 9110, section 11.6.1). None is registered for cookies.
const COOKIE_SCHEME: HeaderValue = HeaderValue::from_static("Cookie");

/// A problem document (RFC 9457), which explains why a request failed.
#[derive(Clone, Debug, Serialize, Apiv2Schema)]
pub struct Problem {
    /// `urn:gatehouse:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// A short summary of the kind of problem.
    title: &'static str,
    /// The HTTP status of this answer.
    status: u16,
    /// An explanation of this occurrence, for people.
    detail: String,
    /// The stable name of the kind of problem, for programs. New names may be added: go by `status` for those.
    code: &'static str,
    /// The id of this request in the server's log.
    request_id: String,
    /// What is wrong with each field or parameter; only present for `validation_failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldError>>,
    #[serde(skip)]
    problem_code: ProblemCode,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What is wrong with one field of the body, or with one parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Apiv2Schema)]
pub struct FieldError {
    /// The name of the field or parameter, `body` or `query` for these as a whole.
    pub field: String,
    /// The rule that it breaks, without the value that was sent.
    pub message: String,
}

impl FieldError {
    /// Creates the error of `field`.
    pub fn new(field: &str, message: &str) -> Self {
        Self {
            field: field.to_owned(),
            message: message.to_owned(),
        }
    }
}

impl Problem {
    /// Creates a problem whose detail is its title.
    pub fn new(code: ProblemCode) -> Self {
        Self::with_detail(code, format!("{}.", code.title()))
    }

    /// Creates a problem with a detail for the client, which must not contain secrets or internal causes.
    pub fn with_detail(code: ProblemCode, detail: impl Into<String>) -> Self {
        let headers = match code.status() {
            StatusCode::UNAUTHORIZED => vec![(header::WWW_AUTHENTICATE, COOKIE_SCHEME)],
            StatusCode::SERVICE_UNAVAILABLE => vec![(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into())],
            _ => Vec::new(),
        };
        Self {
            kind: format!("urn:gatehouse:problem:{}", code.code()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: detail.into(),
            code: code.code(),
            request_id: request_id::current().map_or_else(String::new, |id| id.to_string()),
            errors: None,
            problem_code: code,
            headers,
        }
    }

    /// Returns the kind of problem.
    pub fn code(&self) -> ProblemCode {
        self.problem_code
    }

    /// Returns the explanation of this occurrence, for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns the id of the request in the server's log.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns what is wrong with each field or parameter.
    pub fn errors(&self) -> &[FieldError] {
        self.errors.as_deref().unwrap_or_default()
    }

    /// Returns the headers of the answer.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }

    /// Adds `Retry-After`, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, seconds.into())
    }

    /// Sets a header of the answer.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Creates a `validation_failed` problem with the errors of fields or parameters.
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Self {
            errors: Some(errors),
            ..Self::new(ProblemCode::ValidationFailed)
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.problem_code.status()
    }

    /// Builds the answer, which keeps the problem for [`ErrorPages`](crate::presentation::http::ErrorPages).
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        for header in &self.headers {
            response.insert_header(header.clone());
        }
        response.extensions_mut().insert(self.clone());
        response.content_type(PROBLEM_JSON).json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_when_to_come_back_if_the_service_cannot_answer_now() {
        let wait = |code| {
            Problem::new(code)
                .error_response()
                .headers()
                .get(header::RETRY_AFTER)
                .cloned()
        };
        assert_eq!(wait(ProblemCode::ServiceUnavailable), Some(1.into()));
        assert_eq!(wait(ProblemCode::NotAuthorized), None);
        let throttled = Problem::new(ProblemCode::TooManyAttempts)
            .retry_after(90)
            .error_response();
        assert_eq!(throttled.headers().get(header::RETRY_AFTER), Some(&90.into()));
    }

    #[test]
    fn every_401_names_the_scheme_and_no_other_problem_does() {
        for code in ProblemCode::ALL {
            let response = Problem::new(*code).error_response();
            let scheme = response.headers().get(header::WWW_AUTHENTICATE);
            let is_expected = code.status() == StatusCode::UNAUTHORIZED;
            assert_eq!(scheme.is_some_and(|scheme| scheme == "Cookie"), is_expected, "{code:?}");
        }
    }

    #[test]
    fn errors_are_there_only_for_a_request_of_the_wrong_shape() -> serde_json::Result<()> {
        let errors = vec![FieldError::new("username", "is required")];
        let document = serde_json::to_value(Problem::validation(errors))?;
        assert_eq!(document["errors"][0]["field"], "username");
        assert_eq!(document["type"], "urn:gatehouse:problem:validation_failed");
        let document = serde_json::to_value(Problem::new(ProblemCode::NotAuthorized))?;
        assert!(document.get("errors").is_none());
        Ok(())
    }
}
