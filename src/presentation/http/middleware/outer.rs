//! The outermost layer.

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::InternalError,
    middleware::Next,
    web,
};

use super::{
    access_log::Line,
    cors_headers::hide_cors_headers,
    problems::{into_page, into_problem},
    security_headers::add_security_headers,
    unlisted_proxy::report_unlisted_proxy,
};
use crate::presentation::http::{connection::Activity, request::request_id::RequestId, settings::HttpSettings};

/// Assigns the request id, logs the request, and adds to its answer what all answers have in common.
pub async fn outer(
    settings: web::Data<HttpSettings>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let has_body = has_body(&mut request);
    let activity = request.conn_data::<Arc<Activity>>();
    let _in_flight = activity.map(|activity| activity.begin_request(has_body));
    let id = RequestId::of(&request, &settings.trusted_proxies);
    report_unlisted_proxy(&request, &settings.trusted_proxies);
    let error_pages = settings.error_pages.as_ref();
    let error_page = error_pages
        .filter(|pages| pages.covers(request.path()))
        .map(|pages| (pages, request.head().clone()));
    let answered = async {
        let line = Line::begin(&settings, &request);
        let outcome = map_response(next.call(request).await, |mut response| {
            if !settings.cors_allowed_origins.is_empty() {
                hide_cors_headers(response.headers_mut());
            }
            let mut response = into_problem(response);
            if let Some((pages, head)) = &error_page {
                response = into_page(response, pages, head);
            }
            add_security_headers(&settings.cookie, response.headers_mut());
            id.put_on(response.headers_mut());
            response
        });
        if let Some(line) = line {
            line.end(&outcome);
        }
        outcome
    };
    id.scope(answered).await
}

fn has_body(request: &mut ServiceRequest) -> bool {
    let payload = request.take_payload();
    let has_body = !matches!(payload, Payload::None);
    request.set_payload(payload);
    has_body
}

/// Applies `change` to the answer, or to the one that Actix would build from an inner layer's error.
fn map_response(
    outcome: Result<ServiceResponse<impl MessageBody + 'static>, Error>,
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
