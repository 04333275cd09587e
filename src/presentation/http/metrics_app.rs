//! `GET /metrics`.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    error::ErrorInternalServerError,
    web::{self, ServiceConfig},
};
use prometheus_client::{encoding::text::encode, registry::Registry};

use super::health::{alive::live, ready::ready};

/// The media type of the OpenMetrics text format, version 1.0.0.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Builds an application that serves the metrics of `registry`, and the probes below `/health`.
///
/// It has its own listener: it requires no authentication, and still answers when the listener of the API is full.
/// `use_cases` is as for [`app`](super::app()).
pub fn metrics_app(
    registry: web::Data<Registry>,
    use_cases: impl FnOnce(&mut ServiceConfig),
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(registry)
        .configure(use_cases)
        .service(web::resource("/metrics").get(metrics))
        .service(web::resource("/health/live").get(live))
        .service(web::resource("/health/ready").get(ready))
}

async fn metrics(registry: web::Data<Registry>) -> Result<HttpResponse, Error> {
    let mut text = String::new();
    encode(&mut text, &registry).map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type(OPENMETRICS).body(text))
}
