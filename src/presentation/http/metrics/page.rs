//! `GET /metrics`.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    error::ErrorInternalServerError,
    web,
};
use prometheus_client::{encoding::text::encode, registry::Registry};

/// The media type of the OpenMetrics text format, version 1.0.0.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`, which answers what `registry` holds, and nothing else. For a listener of its own: it asks nobody who they
/// are.
pub fn metrics_app(
    registry: web::Data<Registry>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let page = web::resource("/metrics").route(web::get().to(metrics));
    App::new().app_data(registry).service(page)
}

async fn metrics(registry: web::Data<Registry>) -> Result<HttpResponse, Error> {
    let mut text = String::new();
    encode(&mut text, &registry).map_err(ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type(OPENMETRICS).body(text))
}
