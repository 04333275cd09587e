use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Bytes, ServiceConfig},
};

use super::{
    assets::docs,
    middleware::{cors::cors, inner::inner, outer::outer},
    routes::routes,
    settings::HttpSettings,
};

/// Builds the HTTP application: the routes, their documentation, and the layers around them.
///
/// `use_cases` registers every use case that a controller requires, each as `web::Data`. `document` is the OpenAPI
/// [`document`](super::document::document) of the same settings; it is generated once, while this function runs once
/// per worker.
pub fn app(
    settings: web::Data<HttpSettings>,
    document: Bytes,
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
    let cors = cors(&settings.cors_allowed_origins);
    let docs_enabled = settings.docs_enabled;
    App::new()
        .configure(|server| routes(|| settings.cookie.middleware())(&mut server.into()))
        .app_data(web::Data::from(settings.cookie.clone()))
        .app_data(settings)
        .configure(use_cases)
        .configure(|server| {
            if docs_enabled {
                docs(document)(server);
            }
        })
        // The last layer is the outermost.
        .wrap(from_fn(inner))
        // Around `inner`, so that front ends of other origins can read errors; within `outer`, which turns the errors
        // of CORS into problems.
        .wrap(cors)
        .wrap(from_fn(outer))
}
