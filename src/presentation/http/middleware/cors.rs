//! CORS: allows listed front ends of other origins to call the API.

use actix_cors::Cors;
use actix_web::{
    http::{Method, header},
    middleware::Condition,
};

use crate::presentation::http::request::request_id;

/// How long a browser may cache the answer to a preflight, in seconds. Changes of the list take effect after that time.
const PREFLIGHT_MAX_AGE: usize = 600;

/// Allows front ends of these origins to call the API with the session cookie.
///
/// A request from another origin is still answered: it is the browser that hides the answer from the page.
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
