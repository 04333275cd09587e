//! The access log and the metrics of requests.

use std::{net::IpAddr, time::Instant};

use actix_web::{
    Error, HttpMessage,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use log::Level;

use crate::{
    domain::user::UserId,
    presentation::http::{extract::client_address, metrics::MeasuredRequest, request::Caller, settings::HttpSettings},
};

/// The target of the lines in the log.
pub const TARGET: &str = "gatehouse::access";

/// The maximum length of a logged path, in bytes; every path of the API is shorter.
const MAX_PATH: usize = 256;

/// The logged status of a request that was dropped before its answer; nginx uses the same one.
///
/// The client disconnected, or the server stopped.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// The path of the probes that orchestrators and load balancers send every few seconds.
const PROBES: &str = "/health/";

/// Logs and measures a request when this is dropped, which includes clients that disconnect.
///
/// Probes are logged at debug, all other requests at info. The path is logged without its query. The formatter adds the
/// request id.
pub struct Line {
    started: Instant,
    level: Level,
    method: Method,
    /// Path and address, unless the line is not logged.
    logged: Option<(String, IpAddr)>,
    status: u16,
    caller: Option<UserId>,
    measured: Option<MeasuredRequest>,
}

impl Line {
    /// Begins the line of a new request, or returns `None` if it is neither logged nor measured.
    pub fn begin(settings: &HttpSettings, request: &ServiceRequest) -> Option<Self> {
        let path = request.path();
        let level = if path.starts_with(PROBES) {
            Level::Debug
        } else {
            Level::Info
        };
        let is_logged = log::log_enabled!(target: TARGET, level);
        if !is_logged && settings.metrics.is_none() {
            return None;
        }
        let path = &path[..path.floor_char_boundary(MAX_PATH)];
        Some(Self {
            started: Instant::now(),
            level,
            method: request.method().clone(),
            logged: is_logged.then(|| (path.to_owned(), client_address(request.request()))),
            status: CLIENT_CLOSED_REQUEST,
            caller: None,
            measured: settings.metrics.as_ref().map(|metrics| metrics.begin(request)),
        })
    }

    /// Ends the line of an answered request.
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
        let Some((path, address)) = &self.logged else {
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
            address:% = address;
            "request"
        );
    }
}
