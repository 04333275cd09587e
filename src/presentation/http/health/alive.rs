//! `GET /api/v1/` and `GET /health/live`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Json};
use serde::Serialize;
use serde_json::{Value, json};

use crate::presentation::http::describe::Details;

/// The probe succeeded.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Health {
    /// Always `ok`; a failure has another HTTP status.
    status: &'static str,
}

impl Health {
    /// The answer to a successful probe.
    pub(super) const OK: Self = Self { status: "ok" };

    pub(super) fn sample() -> Value {
        json!(Self::OK)
    }
}

/// Details of [`api_alive`] for the OpenAPI document.
pub const API_ALIVE: Details = Details {
    response: Some(Health::sample),
    ..Details::of("apiAlive")
};

/// Details of [`live`] for the OpenAPI document.
pub const LIVE: Details = Details {
    response: Some(Health::sample),
    ..Details::of("live")
};

/// Check that the API answers.
///
/// Open to everyone. Touches no database.
#[api_v2_operation(tags(Health), operation_id = "apiAlive")]
pub async fn api_alive() -> Json<Health> {
    Json(Health::OK)
}

/// Check that the process answers.
///
/// Open to everyone. Touches no database, so if it fails, a restart helps.
#[api_v2_operation(tags(Health), operation_id = "live")]
pub async fn live() -> Json<Health> {
    Json(Health::OK)
}
