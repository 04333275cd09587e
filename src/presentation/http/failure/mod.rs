//! Turns the error of a use case into an answer.

mod refusal;
mod shared_refusals;

use std::{error::Error, fmt, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use paperclip::v2::{models::DefaultOperationRaw, schema::Apiv2Errors};

use super::{
    describe,
    log_limit::LogLimit,
    problem::{Problem, ProblemCode},
};
pub use refusal::Refusal;
pub(super) use refusal::refusals;

/// Limits the log lines of overload and outages, which fail many requests for the same cause.
static UNAVAILABLE: LogLimit = LogLimit::new(Duration::from_secs(1));

/// The error of a controller, made from the error of its use case.
///
/// The message of the error becomes the detail, except for 500: the client sees only the request id. For 500 and above,
/// the error and its causes are logged under that id; for 503 at most once a second.
#[derive(Debug)]
pub struct Failure<E>(E);

impl<E: Refusal> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        Self(error)
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Refusal> ResponseError for Failure<E> {
    fn status_code(&self) -> StatusCode {
        self.0.code().status()
    }

    fn error_response(&self) -> HttpResponse {
        self.to_problem().error_response()
    }
}

impl<E: Refusal> Failure<E> {
    /// Builds the problem document and logs the error, so call it once per error.
    pub fn to_problem(&self) -> Problem {
        let code = self.0.code();
        if code.status() == StatusCode::SERVICE_UNAVAILABLE {
            match UNAVAILABLE.admit() {
                Some(0) => log::error!("{}", with_causes(&self.0)),
                Some(others) => log::error!("{} ({others} others before it)", with_causes(&self.0)),
                None => {}
            }
        } else if code.status().is_server_error() {
            log::error!("{}", with_causes(&self.0));
        }
        let problem = if code == ProblemCode::InternalError {
            Problem::new(code)
        } else {
            Problem::with_detail(code, self.0.to_string())
        };
        match self.0.retry_after() {
            Some(seconds) => problem.retry_after(seconds),
            None => problem,
        }
    }
}

impl<E: Refusal> Apiv2Errors for Failure<E> {
    fn update_error_definitions(operation: &mut DefaultOperationRaw) {
        describe::add_problems(operation, &E::codes());
        // Any operation can panic.
        describe::add_problems(operation, &[ProblemCode::InternalError]);
    }
}

/// Returns the error and its causes, outermost first.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Sample {
        #[error("Not this one.")]
        Refused,
        #[error(transparent)]
        Storage(#[from] SampleStorage),
    }

    #[derive(Debug, thiserror::Error)]
    enum SampleStorage {
        #[error("Out of reach.")]
        Unavailable(#[source] io::Error),
        #[error("the table is gone")]
        Broken(#[source] io::Error),
    }

    refusals! {
        Sample {
            Self::Refused => NotAuthorized,
        } delegating {
            Storage(SampleStorage),
        }
    }

    refusals! {
        SampleStorage {
            Self::Unavailable(_) => ServiceUnavailable,
            Self::Broken(_) => InternalError,
        }
    }

    async fn answer(error: Sample) -> (StatusCode, String) {
        let response = Failure::from(error).error_response();
        let status = response.status();
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn a_refusal_speaks_for_itself() {
        let (status, body) = answer(Sample::Refused).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(body.contains("Not this one."), "{body}");
    }

    #[tokio::test]
    async fn what_may_pass_is_told_without_its_causes() {
        let error = SampleStorage::Unavailable(io::Error::other("10.0.0.1 refused"));
        let (status, body) = answer(error.into()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("Out of reach.") && !body.contains("10.0.0.1"), "{body}");
    }

    #[tokio::test]
    async fn a_failure_keeps_its_words_and_causes_to_the_log() {
        let error = SampleStorage::Broken(io::Error::other("relation users"));
        assert_eq!(with_causes(&error), "the table is gone: relation users");
        let (status, body) = answer(error.into()).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.contains("table") && !body.contains("users"), "{body}");
    }

    #[test]
    fn the_codes_of_what_is_passed_on_belong_to_it() {
        assert_eq!(
            Sample::codes(),
            [
                ProblemCode::NotAuthorized,
                ProblemCode::ServiceUnavailable,
                ProblemCode::InternalError
            ]
        );
    }
}
