//! `GET /health/ready`.

use paperclip::actix::{
    api_v2_operation,
    web::{Data, Json},
};

use super::alive::Health;
use crate::{
    application::{ports::NotReady, queries::health::CheckReadiness},
    presentation::http::{
        describe::Details,
        failure::{Failure, refusals},
    },
};

refusals! {
    NotReady {
        Self::Database => ServiceUnavailable,
        Self::Migrations => ServiceUnavailable,
    }
}

/// Details for the OpenAPI document.
pub const DETAILS: Details = Details {
    response: Some(Health::sample),
    ..Details::of("ready")
};

/// Check that requests can be served.
///
/// Open to everyone. Returns 503 while the database does not answer or migrations are pending, and names the cause.
/// Queries the database at most once a second.
#[api_v2_operation(tags(Health), operation_id = "ready")]
pub async fn ready(check_readiness: Data<CheckReadiness>) -> Result<Json<Health>, Failure<NotReady>> {
    check_readiness.execute().await?;
    Ok(Json(Health::OK))
}
