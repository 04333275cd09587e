//! `GET /api/v1/` and `GET /health/live`.

use paperclip::actix::{Apiv2Schema, api_v2_operation, web::Json};
use serde::Serialize;
use serde_json::{Value, json};

use crate::presentation::http::describe::Details;

/// The service works as far as was asked.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct Health {
    /// Always `ok`; anything else is told by the status of the answer.
    status: &'static str,
}

impl Health {
    /// The only state in which there is an answer of this form.
    pub(super) const OK: Self = Self { status: "ok" };

    pub(super) fn sample() -> Value {
        json!(Self::OK)
    }
}

/// What the OpenAPI document says of [`api_alive`] besides.
pub const API_ALIVE: Details = Details {
    response: Some(Health::sample),
    ..Details::of("apiAlive")
};

/// What the OpenAPI document says of [`live`] besides.
pub const LIVE: Details = Details {
    response: Some(Health::sample),
    ..Details::of("live")
};

/// Tell that the API answers.
///
/// Open to everyone. Touches no database.
#[api_v2_operation(tags(Health), operation_id = "apiAlive")]
pub async fn api_alive() -> Json<Health> {
    Json(Health::OK)
}

/// Tell that the process answers.
///
/// Open to everyone. Touches no database: when it fails, a restart helps.
#[api_v2_operation(tags(Health), operation_id = "live")]
pub async fn live() -> Json<Health> {
    Json(Health::OK)
}
