//! No error leaves the server in another form than a problem document.

use std::{any::Any, panic::AssertUnwindSafe};

use actix_web::{
    Error, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
};
use futures_util::FutureExt;

use super::map_response;
use crate::presentation::http::{
    problem::{PROBLEM_JSON, Problem},
    problem_code::ProblemCode,
};

/// Turns bare errors of the framework, and panics, into problem documents. Other headers of a bare error, such as `Allow`, stay.
pub async fn problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    // Nothing that a panicking request leaves behind is looked at again: its state is dropped with the future.
    let guarded = AssertUnwindSafe(async { next.call(request).await });
    let outcome = guarded.catch_unwind().await.unwrap_or_else(|panic| {
        log::error!("a request panicked: {}", message(panic.as_ref()));
        Err(Problem::new(ProblemCode::InternalError).into())
    });
    map_response(outcome, explained)
}

fn explained(bare: HttpResponse) -> HttpResponse {
    let is_error = bare.status().is_client_error() || bare.status().is_server_error();
    let media_type = bare.headers().get(header::CONTENT_TYPE);
    if !is_error || media_type.is_some_and(|media_type| media_type == PROBLEM_JSON) {
        return bare;
    }
    if let Some(error) = bare.error().filter(|_| bare.status().is_server_error()) {
        log::error!("{error}");
    }
    let mut response = Problem::new(ProblemCode::for_status(bare.status())).error_response();
    for (name, value) in bare.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    response
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let owned = || panic.downcast_ref::<String>().map(String::as_str);
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(owned)
        .unwrap_or("no message")
}
