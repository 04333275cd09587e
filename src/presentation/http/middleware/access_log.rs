//! One line in the log for each request.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::domain::user::UserId;

/// The target of the lines, by which they can be chosen or silenced.
pub const TARGET: &str = "gatehouse::access";

/// The id of the user who calls; the authenticating extractor leaves it in the extensions of the request.
pub struct Caller(pub UserId);

/// Logs method, path without query, status, duration and caller. The request id is for the log's formatter to add.
pub async fn access_log(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.path().to_owned();
    let outcome = next.call(request).await;
    let (status, caller) = match &outcome {
        Ok(response) => {
            let caller = response
                .request()
                .extensions()
                .get::<Caller>()
                .map(|caller| caller.0.to_string());
            (response.status(), caller)
        }
        Err(error) => (error.as_response_error().status_code(), None),
    };
    log::info!(
        target: TARGET,
        method:% = method,
        path,
        status = status.as_u16(),
        duration_ms = started.elapsed().as_micros() as f64 / 1000.0,
        user_id = caller.as_deref().unwrap_or("-");
        "request"
    );
    outcome
}
