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

/// What the OpenAPI document says besides.
pub const DETAILS: Details = Details {
    response: Some(Health::sample),
    ..Details::of("ready")
};

/// Tell whether requests can be served.
///
/// Open to everyone. Refuses while the database does not answer or migrations are pending, and names which of the two. The
/// database is asked at most once a second.
#[api_v2_operation(tags(Health), operation_id = "ready")]
pub async fn ready(check_readiness: Data<CheckReadiness>) -> Result<Json<Health>, Failure<NotReady>> {
    check_readiness.execute().await?;
    Ok(Json(Health::OK))
}
