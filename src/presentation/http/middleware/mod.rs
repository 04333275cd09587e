//! What happens to every request, whatever it asks for.

pub mod access_log;
pub mod cors_headers;
pub mod dead_cookie;
pub mod head;
pub mod head_limits;
pub mod panics;
pub mod problems;
pub mod request_id;
pub mod reseal_cookie;
pub mod security_headers;

use actix_web::{Error, HttpResponse, body::MessageBody, dev::ServiceResponse, error::InternalError};

/// Changes the answer, also the one that Actix would make of an error that a middleware returned.
fn map_response<B: MessageBody + 'static>(
    outcome: Result<ServiceResponse<B>, Error>,
    change: impl FnOnce(HttpResponse) -> HttpResponse,
) -> Result<ServiceResponse, Error> {
    match outcome {
        Ok(response) => {
            let (request, response) = response.into_parts();
            Ok(ServiceResponse::new(request, change(response.map_into_boxed_body())))
        }
        Err(error) => {
            let response = change(error.error_response());
            Err(InternalError::from_response(error, response).into())
        }
    }
}
