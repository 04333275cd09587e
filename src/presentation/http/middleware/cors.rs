//! Front ends of other origins may call the API, if the settings list them.

use actix_cors::Cors;
use actix_web::{
    http::{Method, header},
    middleware::Condition,
};

use crate::presentation::http::request::request_id;

/// How long a browser may rely on the answer to a preflight, in seconds. It may notice a change of the list that late.
const PREFLIGHT_MAX_AGE: usize = 600;

/// The middleware that lets front ends of these origins call the API with the session cookie. Without any it does nothing.
///
/// A request from another origin is answered all the same: to keep the answer from the page is the browser's part.
pub fn cors(allowed_origins: &[String]) -> Condition<Cors> {
    let cors = Cors::default()
        // HEAD is answered wherever GET is.
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE])
        .allowed_headers([header::CONTENT_TYPE, request_id::HEADER])
        .expose_headers([header::LOCATION, header::RETRY_AFTER, request_id::HEADER])
        .supports_credentials()
        .max_age(PREFLIGHT_MAX_AGE);
    let cors = allowed_origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin));
    Condition::new(!allowed_origins.is_empty(), cors)
}
