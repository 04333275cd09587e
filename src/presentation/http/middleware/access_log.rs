//! One line in the log for each request, and its place in the metrics.

use std::{net::IpAddr, time::Instant};

use actix_web::{
    Error, HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use log::Level;

use crate::{
    domain::user::UserId,
    presentation::http::{extract::ClientAddress, metrics::MeasuredRequest, request::Caller, settings::HttpSettings},
};

/// The target of the lines, by which they can be chosen or silenced.
pub const TARGET: &str = "gatehouse::access";

/// How much of a path is logged, in bytes: more than any that is served has.
const LONGEST_PATH: usize = 256;

/// What is logged in place of a status, as by other servers, when the request was dropped before there was one: its client
/// gave up, or the server was stopped at once.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Where orchestrators and load balancers ask, every few seconds.
const PROBES: &str = "/health/";

/// What is told of a request at its end: in the log method, path without query, status, duration, caller and client, to
/// which the formatter adds the request id; and where there are metrics, what they count. Probes are logged at debug, all
/// other requests at info.
///
/// It is told when this is dropped: a client that gives up drops the request with all its layers.
pub struct Line {
    started: Instant,
    level: Level,
    method: Method,
    /// None if nothing is logged.
    path: Option<String>,
    status: u16,
    caller: Option<UserId>,
    address: IpAddr,
    measured: Option<MeasuredRequest>,
}

impl Line {
    /// Begins the line of a request that has just come.
    pub fn begin(settings: &HttpSettings, request: &ServiceRequest) -> Self {
        let path = request.path();
        let level = if path.starts_with(PROBES) {
            Level::Debug
        } else {
            Level::Info
        };
        let is_logged = log::log_enabled!(target: TARGET, level);
        let path = &path[..path.floor_char_boundary(LONGEST_PATH)];
        Self {
            started: Instant::now(),
            level,
            method: request.method().clone(),
            path: is_logged.then(|| path.to_owned()),
            status: CLIENT_CLOSED_REQUEST,
            caller: None,
            address: ClientAddress::of(request.request()).0,
            measured: settings.metrics.as_ref().map(|metrics| metrics.begin(request)),
        }
    }

    /// Ends the line of a request that was answered.
    pub fn end(mut self, outcome: &Result<ServiceResponse, Error>) {
        match outcome {
            Ok(response) => {
                self.status = response.status().as_u16();
                let extensions = response.request().extensions();
                self.caller = extensions.get::<Caller>().map(|caller| caller.0);
                if let Some(measured) = &mut self.measured {
                    measured.routed(response.request());
                }
            }
            Err(error) => self.status = error.as_response_error().status_code().as_u16(),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let duration = self.started.elapsed();
        if let Some(measured) = self.measured.take() {
            measured.end(&self.method, self.status, duration);
        }
        let Some(path) = &self.path else {
            return;
        };
        let caller = self.caller.map(|id| id.to_string());
        log::log!(
            target: TARGET,
            self.level,
            method:% = self.method,
            path = path,
            status = self.status,
            duration_ms = duration.as_micros() as f64 / 1000.0,
            user_id = caller.as_deref().unwrap_or("-"),
            address:% = self.address;
            "request"
        );
    }
}
