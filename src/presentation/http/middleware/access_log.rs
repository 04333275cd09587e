//! One line in the log for each request, and its place in the metrics.

use std::{net::IpAddr, time::Instant};

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};

use crate::{
    domain::user::UserId,
    presentation::http::{extract::ClientAddress, metrics::MeasuredRequest, settings::HttpSettings},
};

/// The target of the lines, by which they can be chosen or silenced.
pub const TARGET: &str = "gatehouse::access";

/// How much of a path is logged, in bytes: more than any that is served has.
const LONGEST_PATH: usize = 256;

/// What is logged in place of a status, as by other servers, when the request was dropped before there was one: its client
/// gave up, or the server was stopped at once.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// The id of the user who calls; the authenticating extractor leaves it in the extensions of the request.
pub struct Caller(pub UserId);

/// Logs method, path without query, status, duration, caller and client. The request id is for the log's formatter to add.
/// What is logged is measured as well, where there are metrics.
pub async fn access_log<B: MessageBody>(
    settings: web::Data<HttpSettings>,
    ClientAddress(address): ClientAddress,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let path = request.path();
    let mut line = Line {
        started: Instant::now(),
        method: request.method().clone(),
        path: path[..path.floor_char_boundary(LONGEST_PATH)].to_owned(),
        status: CLIENT_CLOSED_REQUEST,
        caller: None,
        address,
        measured: settings.metrics.as_ref().map(|metrics| metrics.begin(&request)),
    };
    let outcome = next.call(request).await;
    match &outcome {
        Ok(response) => {
            line.status = response.status().as_u16();
            let extensions = response.request().extensions();
            line.caller = extensions.get::<Caller>().map(|caller| caller.0);
            if let Some(measured) = &mut line.measured {
                measured.routed(response.request());
            }
        }
        Err(error) => line.status = error.as_response_error().status_code().as_u16(),
    }
    outcome
}

/// The line of a request. It is written when it is dropped: a client that gives up drops the request with all its layers.
struct Line {
    started: Instant,
    method: Method,
    path: String,
    status: u16,
    caller: Option<UserId>,
    address: IpAddr,
    measured: Option<MeasuredRequest>,
}

impl Drop for Line {
    fn drop(&mut self) {
        let duration = self.started.elapsed();
        if let Some(measured) = self.measured.take() {
            measured.end(&self.method, self.status, duration);
        }
        let caller = self.caller.map(|id| id.to_string());
        log::info!(
            target: TARGET,
            method:% = self.method,
            path = self.path,
            status = self.status,
            duration_ms = duration.as_micros() as f64 / 1000.0,
            user_id = caller.as_deref().unwrap_or("-"),
            address:% = self.address;
            "request"
        );
    }
}
